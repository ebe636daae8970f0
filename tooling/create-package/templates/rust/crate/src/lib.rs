//! The core of `@gossamer/new-package`: dot products.

mod dot;
mod wall;

pub use dot::dot;

//! The core of `@gossamer/new-package`: dot products.

mod dot;
#[cfg(target_family = "wasm")]
mod wall;

pub use dot::dot;

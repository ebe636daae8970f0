//! The core of `@gossamer/qmc`: rank-1 lattice points.

mod lattice;
mod wall;

pub use lattice::{Lattice, Order};

//! The core of `@gossamer/qmc`: randomised low-discrepancy points.

mod lattice;
mod points;
mod random;
mod wall;

pub use lattice::{Lattice, Order};
pub use points::Points;
pub use random::{SeedSequence, Sfc64};

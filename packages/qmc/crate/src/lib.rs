//! The core of `@gossamer/qmc`: randomised low-discrepancy points, fast transforms.

mod lattice;
mod points;
mod random;
mod transform;
mod wall;

pub use lattice::{Lattice, Order};
pub use points::Points;
pub use random::{SeedSequence, Sfc64};
pub use transform::{fftbr, fwht, ifftbr};

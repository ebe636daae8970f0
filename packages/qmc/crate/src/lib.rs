//! The core of `@gossamer/qmc`: randomised low-discrepancy points, fast transforms.

mod halton;
mod hypercube;
mod iid;
mod joe_kuo;
mod korobov;
mod lanes;
mod lattice;
mod net;
mod normal;
mod normal_tables;
mod owen;
mod owen_net;
mod owen_tree;
mod pair;
mod points;
mod random;
mod residues;
mod scramble;
mod spread;
mod transform;
mod wall;

pub use halton::{DigitDraw, Halton, ScrambleDraw};
pub use hypercube::LatinHypercube;
pub use iid::Iid;
pub use joe_kuo::SobolMatrices;
pub use korobov::korobov_multiplier;
pub use lattice::{Lattice, Order, random_vector};
pub use net::Net;
pub use normal::{inverse_cdf, inverse_cdf_all};
pub use owen::Owen;
pub use owen_net::{OwenNet, OwenTreeNet};
pub use owen_tree::OwenTree;
pub use points::{Fractions, Points};
pub use random::{SeedSequence, Sfc64};
pub use scramble::{gray_code_order, interlace, linear_scramble, scrambled_bits};
pub use transform::{fftbr, fwht, ifftbr};

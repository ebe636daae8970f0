#![forbid(unsafe_code)]
//! Fast transforms of length n = 2^m, in place, unitary. R(i) mirrors the m bits of i.

mod butterfly;
mod fft;
mod fwht;
mod lanes;
mod roots;
mod tile;

pub use fft::{fftbr, ifftbr};
pub use fwht::fwht;

/// n^−½, correctly rounded; exact when m is even.
fn unit_scale(n: usize) -> f64 {
    let m = n.trailing_zeros();
    let root = if m.is_multiple_of(2) { 1.0 } else { std::f64::consts::FRAC_1_SQRT_2 };
    root / (1u64 << (m / 2)) as f64
}

#![forbid(unsafe_code)]
//! Fast transforms of length n = 2^m, in place, unitary. R(i) mirrors the m bits of i.

use std::f64::consts::PI;

/// y_k = n^−½ Σ_i (−1)^popcount(i & k) x_i: the Walsh–Hadamard transform, its own inverse.
///
/// # Panics
/// When the length is no power of two.
pub fn fwht(x: &mut [f64]) {
    assert!(x.len().is_power_of_two());
    let mut half = 1;
    while half < x.len() {
        for block in x.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (u, v) in low.iter_mut().zip(high) {
                (*u, *v) = (*u + *v, *u - *v);
            }
        }
        half *= 2;
    }
    scale(x, x.len());
}

/// y_k = n^−½ Σ_i x_i exp(−2πi k R(i)/n): the Fourier transform of what comes in bit-reversed order, in natural order.
///
/// # Panics
/// When the length is no power of two, or the lengths differ.
pub fn fftbr(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    assert!(n.is_power_of_two() && im.len() == n);
    let mut half = 1;
    while half < n {
        let blocks = re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half));
        for (b, (re, im)) in blocks.enumerate() {
            let (s, c) = (PI * mirrored(b)).sin_cos();
            for (low, high) in (0..half).zip(half..) {
                let (u, v) = ((re[low], im[low]), (re[high], im[high]));
                (re[low], im[low]) = (u.0 + v.0, u.1 + v.1);
                let d = (u.0 - v.0, u.1 - v.1);
                (re[high], im[high]) = (d.0 * c + d.1 * s, d.1 * c - d.0 * s);
            }
        }
        half *= 2;
    }
    scale(re, n);
    scale(im, n);
}

/// x_i = n^−½ Σ_k y_k exp(2πi k R(i)/n): the inverse of [`fftbr`], its result in bit-reversed order.
///
/// # Panics
/// When the length is no power of two, or the lengths differ.
pub fn ifftbr(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    assert!(n.is_power_of_two() && im.len() == n);
    let mut half = n / 2;
    while half > 0 {
        let blocks = re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half));
        for (b, (re, im)) in blocks.enumerate() {
            let (s, c) = (PI * mirrored(b)).sin_cos();
            for (low, high) in (0..half).zip(half..) {
                let (u, v) = ((re[low], im[low]), (re[high], im[high]));
                let t = (v.0 * c - v.1 * s, v.1 * c + v.0 * s);
                (re[low], im[low]) = (u.0 + t.0, u.1 + t.1);
                (re[high], im[high]) = (u.0 - t.0, u.1 - t.1);
            }
        }
        half /= 2;
    }
    scale(re, n);
    scale(im, n);
}

/// The binary fraction 0.b₀b₁b₂… of b = …b₂b₁b₀.
fn mirrored(b: usize) -> f64 {
    (b as u32).reverse_bits() as f64 / (1u64 << 32) as f64
}

fn scale(x: &mut [f64], n: usize) {
    let factor = 1.0 / (n as f64).sqrt();
    x.iter_mut().for_each(|value| *value *= factor);
}

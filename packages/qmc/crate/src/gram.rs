#![forbid(unsafe_code)]
//! Gram matrices K_ij = k(x_i ∘ x_j) of 2^m points that are a group: one real orthogonal transform T makes them diagonal.
//!
//! On nets T is the Walsh–Hadamard transform. On lattices it is Hartley's: Re − Im of the Fourier transform F, whose
//! eigenvalues come in equal pairs, because k is even; so all spectra are real.

use crate::{fftbr, fwht, ifftbr};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// The group that the points are, up to a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Of addition modulo 1, in radical inverse order.
    Lattice,
    /// Of digitwise exclusive or.
    Net,
}

impl Group {
    /// x ← T x. On lattices by a complex transform of half the length: the halves of x are its real and imaginary parts.
    pub fn forward(self, x: &mut [f64]) {
        if self == Self::Net || x.len() == 1 {
            return fwht(x); // of one number, both are the identity
        }
        let (re, im) = x.split_at_mut(x.len() / 2);
        fftbr(re, im);
        let n = re.len();
        (re[0], im[0]) = ends(re[0], im[0]);
        pairs(n, |k, turn| {
            let (z, mirror) = ([re[k], im[k]], [re[n - k], im[n - k]]);
            let a = [(z[0] + mirror[0]) / 2.0, (z[1] - mirror[1]) / 2.0];
            let b = [(z[1] + mirror[1]) / 2.0, (mirror[0] - z[0]) / 2.0];
            [re[k], im[n - k], im[k], re[n - k]] = join(a, b, turn);
        });
    }

    /// x ← Tᵀ x, which undoes [`Self::forward`].
    pub fn backward(self, x: &mut [f64]) {
        if self == Self::Net || x.len() == 1 {
            return fwht(x);
        }
        let (re, im) = x.split_at_mut(x.len() / 2);
        let n = re.len();
        (re[0], im[0]) = ends(re[0], im[0]);
        pairs(n, |k, turn| {
            let (a, b) = part([re[k], im[n - k], im[k], re[n - k]], turn);
            (re[k], im[k]) = (a[0] - b[1], a[1] + b[0]);
            (re[n - k], im[n - k]) = (a[0] + b[1], b[0] - a[1]);
        });
        ifftbr(re, im);
    }

    /// The spectrum of 2n values from those of both halves: F [a, b] = [F a + ω·F b, F a − ω·F b] / √2, ω_k = e^{−πik/n};
    /// on nets ω = 1. `both` holds T a in its first half.
    pub fn double(self, both: &mut [f64], second: &[f64]) {
        let n = second.len();
        let (low, high) = both.split_at_mut(n);
        if self == Self::Net {
            for ((low, high), &second) in low.iter_mut().zip(high).zip(second) {
                (*low, *high) = ends(*low, second);
            }
            return;
        }
        (low[0], high[0]) = ends(low[0], second[0]);
        pairs(n, |k, turn| {
            let complex = |x: &[f64]| [(x[k] + x[n - k]) / 2.0, (x[n - k] - x[k]) / 2.0];
            [low[k], high[n - k], high[k], low[n - k]] = join(complex(low), complex(second), turn);
        });
    }
}

fn ends(a: f64, b: f64) -> (f64, f64) {
    ((a + b) * FRAC_1_SQRT_2, (a - b) * FRAC_1_SQRT_2)
}

/// Hartley's values at k, 2n − k, n + k and n − k, from Fourier's of both halves at k.
fn join(a: [f64; 2], b: [f64; 2], [c, s]: [f64; 2]) -> [f64; 4] {
    let b = [c * b[0] + s * b[1], c * b[1] - s * b[0]];
    let (sum, difference) = ([a[0] + b[0], a[1] + b[1]], [a[0] - b[0], a[1] - b[1]]);
    [sum[0] - sum[1], sum[0] + sum[1], difference[0] - difference[1], difference[0] + difference[1]]
        .map(|value| value * FRAC_1_SQRT_2)
}

/// Undoes [`join`].
fn part(h: [f64; 4], [c, s]: [f64; 2]) -> ([f64; 2], [f64; 2]) {
    const HALF: f64 = FRAC_1_SQRT_2 / 2.0;
    let (sum, difference) = ([h[0] + h[1], h[1] - h[0]], [h[2] + h[3], h[3] - h[2]]);
    let a = [(sum[0] + difference[0]) * HALF, (sum[1] + difference[1]) * HALF];
    let b = [(sum[0] - difference[0]) * HALF, (sum[1] - difference[1]) * HALF];
    (a, [c * b[0] - s * b[1], c * b[1] + s * b[0]])
}

/// Calls `step` for 1 ≤ k ≤ n/2 with cos and sin of πk/n: the product of a coarse and a fine rotation.
fn pairs(n: usize, mut step: impl FnMut(usize, [f64; 2])) {
    const FINE: usize = 64;
    let turn = |k: usize| {
        let (s, c) = (PI * k as f64 / n as f64).sin_cos();
        [c, s]
    };
    let fine: [[f64; 2]; FINE] = std::array::from_fn(turn);
    for start in (0..=n / 2).step_by(FINE) {
        let coarse = turn(start);
        let from = usize::from(start == 0);
        for (k, fine) in (start..=n / 2).zip(fine).skip(from) {
            step(k, [coarse[0] * fine[0] - coarse[1] * fine[1], coarse[0] * fine[1] + coarse[1] * fine[0]]);
        }
    }
}

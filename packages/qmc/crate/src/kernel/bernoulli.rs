#![forbid(unsafe_code)]
//! The periodic functions of the shift-invariant kernels: scaled Bernoulli polynomials of the distance on the circle.

use super::MAX_ALPHA;

/// B_n(δ) as a polynomial of v = δ(1 − δ), times δ − ½ where n is odd: every B_n is one, with at most half as many
/// coefficients, and on [0, ¼] they do not cancel. Row n − 2: numerators of v⁰, v¹, …, then the common denominator.
const POLYNOMIALS: [([i32; 6], i32); 9] = [
    ([1, -6, 0, 0, 0, 0], 6),
    ([0, -1, 0, 0, 0, 0], 1),
    ([-1, 0, 30, 0, 0, 0], 30),
    ([0, 1, 3, 0, 0, 0], 3),
    ([1, 0, -21, -42, 0, 0], 42),
    ([0, -1, -3, -3, 0, 0], 3),
    ([-1, 0, 20, 40, 30, 0], 30),
    ([0, 3, 9, 10, 5, 0], 5),
    ([5, 0, -99, -198, -165, -66], 66),
];

/// (2π)^{2α}, correctly rounded: α = 1 … 5.
const TWO_PI_POWERS: [f64; MAX_ALPHA] =
    [39.478_417_604_357_43, 1_558.545_456_544_039, 61_528.908_388_819_49, 2_429_063.940_114_067, 95_895_600.615_509_02];

/// A linear combination of such functions, all even or all odd around δ = 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Periodic {
    coefficients: [f64; 6],
    odd: bool,
}

impl Periodic {
    /// Σ_α mix_α·∂^{β₀}/∂x ∂^{β₁}/∂z K̃_α(x − z), where K̃_α = (−1)^{α+1} (2π)^{2α} / (2α)!·B_{2α} and B_n' = n·B_{n−1}.
    ///
    /// # Panics
    /// When 2α − β₀ − β₁ < 2 for an α that is in the mix.
    pub fn new(mix: &[f64; MAX_ALPHA], orders: [usize; 2]) -> Self {
        let derivatives = orders[0] + orders[1];
        let mut coefficients = [0.0; 6];
        for (at, &share) in mix.iter().enumerate().filter(|&(_, &share)| share != 0.0) {
            let alpha = at + 1;
            let n = 2 * alpha - derivatives;
            let factorial: f64 = (1..=n).map(|k| k as f64).product();
            let (numerators, denominator) = POLYNOMIALS[n - 2];
            let sign = if (alpha + orders[1] + 1).is_multiple_of(2) { share } else { -share };
            for (c, numerator) in coefficients.iter_mut().zip(numerators) {
                *c += sign * (TWO_PI_POWERS[at] * (f64::from(numerator) / (factorial * f64::from(denominator))));
            }
        }
        Self { coefficients, odd: derivatives % 2 == 1 }
    }

    /// The values at x_i − z, of 64-bit fractions.
    pub fn fill(&self, x: &[u64], z: u64, out: &mut [f64]) {
        match self.coefficients.iter().rposition(|&c| c != 0.0) {
            _ if self.odd => self.values(x, z, out, |c, a, sign| sign * (a - 0.5) * horner::<5>(c, a)),
            None | Some(0 | 1) => self.values(x, z, out, |c, a, _| horner::<1>(c, a)),
            Some(2) => self.values(x, z, out, |c, a, _| horner::<2>(c, a)),
            Some(3) => self.values(x, z, out, |c, a, _| horner::<3>(c, a)),
            Some(4) => self.values(x, z, out, |c, a, _| horner::<4>(c, a)),
            Some(_) => self.values(x, z, out, |c, a, _| horner::<5>(c, a)),
        }
    }

    /// `value` takes the coefficients, a = |δ| ≤ ½ and the sign of δ, which is taken into [−½, ½).
    #[inline(always)]
    fn values(&self, x: &[u64], z: u64, out: &mut [f64], value: impl Fn(&[f64; 6], f64, f64) -> f64) {
        for (out, &x) in out.iter_mut().zip(x) {
            let delta = signed_fraction(x.wrapping_sub(z));
            *out = value(&self.coefficients, delta.abs(), 1f64.copysign(delta));
        }
    }
}

/// Σ_{k ≤ N} c_k v^k at v = a(1 − a).
#[inline(always)]
fn horner<const N: usize>(c: &[f64; 6], a: f64) -> f64 {
    let v = a - a * a;
    (0..N).rev().fold(c[N], |sum, k| sum * v + c[k])
}

/// A fraction modulo 1, taken into [−½, ½): its halves convert exactly and in vector lanes, so the sum rounds once.
#[inline(always)]
fn signed_fraction(x: u64) -> f64 {
    const TWO_POW_M32: f64 = 1.0 / (1u64 << 32) as f64;
    f64::from((x >> 32) as u32 as i32) * TWO_POW_M32 + f64::from(x as u32) * (TWO_POW_M32 * TWO_POW_M32)
}

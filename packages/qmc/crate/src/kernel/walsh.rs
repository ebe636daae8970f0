#![forbid(unsafe_code)]
//! The functions of the digitally-shift-invariant kernels: Walsh series of x xor z that sum to closed forms.

use super::MAX_ALPHA;
use gossamer_rust_kit::{Refusal, zeroed};

/// For every number of leading zero bits of δ (64: δ = 0), c₀ … c₃ and e of c₀ + c₁δ + c₂δ² + c₃δ³ + e·σ(δ).
#[derive(Debug, Clone, PartialEq)]
pub struct Walsh {
    rows: Vec<[f64; 5]>,
    reach: Reach,
}

/// Which columns of the table are not all zero.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reach {
    Constant,
    Cubic,
    Digits,
}

impl Walsh {
    /// Σ_α mix_α·K̃_α for α = 1 … 4, differentiated `derivatives` times: K̃_α' = −2(1 + K̃_{α−1}).
    ///
    /// K̃_1 = ½ Σ_{k≥1} 2^{−2⌊log₂k⌋} wal_k; else K̃_α = Σ_{k≥1} 2^{−μ(k)} wal_k, where μ(k) is the sum of the positions of
    /// the α highest bits of k: J. Dick, *The decay of the Walsh coefficients of smooth functions*, Bull. Aust. Math. Soc.
    /// 80(3), 2009. The closed forms are those of A. G. Sorokin, arXiv 2502.14256.
    ///
    /// # Panics
    /// When the derivative of an α in the mix is not defined: it must leave α or at least 2.
    pub fn new(mix: &[f64; MAX_ALPHA], derivatives: usize) -> Result<Self, Refusal> {
        let factor = [1.0, -2.0, 4.0][derivatives]; // (−2)^derivatives
        let one = if derivatives == 0 { 0.0 } else { 1.0 };
        let mut rows: Vec<[f64; 5]> = zeroed("kernel", 65)?;
        for (at, &share) in mix.iter().enumerate().filter(|&(_, &share)| share != 0.0) {
            assert!(derivatives == 0 || at + 1 - derivatives >= 2);
            for (zeros, row) in rows.iter_mut().enumerate() {
                let mut terms = closed_form(at + 1 - derivatives, zeros);
                terms[0] += one;
                row.iter_mut().zip(terms).for_each(|(sum, term)| *sum += share * factor * term);
            }
        }
        Ok(Self::of(rows))
    }

    /// K̃ = ν − (ν + 1)·2^{α(⌊log₂δ⌋ + 1)}, ν = 2^α / (2^α − 1), which is Σ_{k≥1} 2^{−(α+1)⌊log₂k⌋} wal_k: any real
    /// smoothness α > 0.
    pub fn adaptive(alpha: f64) -> Result<Self, Refusal> {
        // 2^α − 1 as a function of its own: α may be tiny.
        let nu = alpha.exp2() / (alpha * std::f64::consts::LN_2).exp_m1();
        let mut rows: Vec<[f64; 5]> = zeroed("kernel", 65)?;
        for (zeros, row) in rows.iter_mut().enumerate() {
            let decay = if zeros == 64 { 0.0 } else { (-alpha * zeros as f64).exp2() };
            row[0] = nu - (nu + 1.0) * decay;
        }
        Ok(Self::of(rows))
    }

    fn of(rows: Vec<[f64; 5]>) -> Self {
        let uses =
            |columns: std::ops::Range<usize>| rows.iter().any(|row| row[columns.clone()].iter().any(|&c| c != 0.0));
        let reach = match (uses(1..4), uses(4..5)) {
            (_, true) => Reach::Digits,
            (true, _) => Reach::Cubic,
            _ => Reach::Constant,
        };
        Self { rows, reach }
    }

    /// The values at x_i xor z, of 64-bit fractions.
    pub fn fill(&self, x: &[u64], z: u64, out: &mut [f64]) {
        let rows = &self.rows[..65];
        let cubic = |c: &[f64; 5], delta: u64| {
            let x = delta as f64 * TWO_POW_M64;
            c[0] + x * (c[1] + x * (c[2] + x * c[3]))
        };
        let points = out.iter_mut().zip(x.iter().map(|x| x ^ z));
        let row = |delta: u64| &rows[delta.leading_zeros() as usize];
        match self.reach {
            Reach::Constant => points.for_each(|(out, delta)| *out = row(delta)[0]),
            Reach::Cubic => points.for_each(|(out, delta)| *out = cubic(row(delta), delta)),
            Reach::Digits => points.for_each(|(out, delta)| {
                let c = row(delta);
                *out = cubic(c, delta) + c[4] * octal(delta);
            }),
        }
    }
}

const TWO_POW_M64: f64 = 1.0 / (1u128 << 64) as f64;

/// K̃_α where δ has so many leading zeros: β = −⌊log₂δ⌋ and t_ν = 2^{−νβ}, all 0 at δ = 0.
#[inline(never)] // unrolled over the table, it would take 20 kB
fn closed_form(alpha: usize, zeros: usize) -> [f64; 5] {
    let (beta, t) = if zeros == 64 { (0.0, 0.0) } else { ((zeros + 1) as f64, 0.5 / (1u64 << zeros) as f64) };
    let [one, two, three] = [1.0 - t, 1.0 - t * t, 1.0 - t * t * t];
    match alpha {
        1 => [1.0 - 3.0 * t, 0.0, 0.0, 0.0, 0.0],
        2 => [2.5 * one - 1.0, -beta, 0.0, 0.0, 0.0],
        3 => [43.0 / 18.0 * two - 1.0, -5.0 * one, beta, 0.0, 0.0],
        // β(1/48 Σ_a (−1)^{δ_a} 8^{−a} − 1/42) is −β/24·σ(δ), with nothing left to cancel: Σ_a 8^{−a} = 8/7
        _ => [701.0 / 294.0 * three - 1.0, -43.0 / 9.0 * two, 5.0 * one, -2.0 / 3.0 * beta, -beta / 24.0],
    }
}

/// σ(δ) = Σ_{a≥0} δ_a 8^{−a} over the binary digits of δ, the first one a = 0: every digit moves to three times its
/// place. What the 43 lowest digits would add is below half a unit in the last place of the kernel.
#[inline(always)]
fn octal(delta: u64) -> f64 {
    const TWO_POW_M60: f64 = 1.0 / (1u64 << 60) as f64;
    let mut x = delta >> 43;
    x = (x | x << 32) & 0x001f_0000_0000_ffff;
    x = (x | x << 16) & 0x001f_0000_ff00_00ff;
    x = (x | x << 8) & 0x100f_00f0_0f00_f00f;
    x = (x | x << 4) & 0x10c3_0c30_c30c_30c3;
    x = (x | x << 2) & 0x1249_2492_4924_9249;
    x as f64 * TWO_POW_M60
}

#![forbid(unsafe_code)]
//! Eigenvalues and eigenvectors of symmetric matrices, after G. H. Golub and C. F. Van Loan, *Matrix Computations* §8.3:
//! Householder's reflections to a tridiagonal matrix, then QR steps with Wilkinson's shift. A library's routine of this
//! kind would be a fifth of the whole core.

use gossamer_rust_kit::{Refusal, zeroed};

/// QR steps per eigenvalue before it is given up; two or three are usual.
const STEPS: usize = 100;

/// 2^−400: in a matrix whose largest entry is 1, what has smaller squares is less than any rounding, and would underflow.
const TINY: f64 = f64::from_bits((1023 - 400) << 52);

/// A = Zᵀ·diag(values)·Z, the rows of Z orthonormal.
pub(crate) struct Eigen {
    pub(crate) values: Vec<f64>,
    /// Z row by row: row k is the eigenvector of value k.
    pub(crate) vectors: Vec<f64>,
}

/// `None` if the steps do not converge, which a finite matrix has not been seen to do. `matrix` (d, d) is overwritten.
pub(crate) fn symmetric_eigen(matrix: &mut [f64], d: usize) -> Result<Option<Eigen>, Refusal> {
    let largest = matrix.iter().fold(0.0, |largest: f64, entry| largest.max(entry.abs()));
    let scale = if largest > 0.0 { largest } else { 1.0 }; // so that no square overflows
    matrix.iter_mut().for_each(|entry| *entry /= scale);
    let mut off: Vec<f64> = zeroed("covariance", d)?;
    let mut eigen = Eigen { values: zeroed("covariance", d)?, vectors: zeroed("covariance", d * d)? };
    reflect(matrix, d, &mut off, &mut eigen);
    let converged = diagonalise(&mut eigen, &mut off);
    eigen.values.iter_mut().for_each(|value| *value *= scale);
    Ok(converged.then_some(eigen))
}

/// A = Zᵀ·T·Z with T tridiagonal: `eigen` gets its diagonal and Z, `off` what is beside the diagonal.
fn reflect(a: &mut [f64], d: usize, off: &mut [f64], eigen: &mut Eigen) {
    let Eigen { values: p, vectors: z } = eigen; // the diagonal's place serves as p first
    for k in 0..d.saturating_sub(1) {
        // v and H = 1 − βvvᵀ, which maps the row right of the diagonal to a multiple of e₁; v stays in the row's place
        let (above, below) = a.split_at_mut((k + 1) * d);
        let v = &mut above[k * d + k + 1..];
        let rest = dot(&v[1..], &v[1..]);
        off[k] = v[0];
        if rest < TINY {
            v.fill(0.0);
            continue;
        }
        off[k] = -(v[0] * v[0] + rest).sqrt().copysign(v[0]);
        v[0] -= off[k];
        let beta = 2.0 / dot(v, v);
        let root = beta.sqrt();
        v.iter_mut().for_each(|entry| *entry *= root); // so that β = 1
        // A ← HAH = A − vwᵀ − wvᵀ, where p = Av and w = p − ½(pᵀv)v
        let p = &mut p[k + 1..];
        for (p, row) in p.iter_mut().zip(below.chunks_exact(d)) {
            *p = dot(&row[k + 1..], v);
        }
        let half = 0.5 * dot(p, v);
        for (p, v) in p.iter_mut().zip(&*v) {
            *p -= half * v;
        }
        for (i, row) in below.chunks_exact_mut(d).enumerate() {
            for ((entry, v_j), p_j) in row[k + 1..].iter_mut().zip(&*v).zip(&*p) {
                *entry -= v[i] * p_j + p[i] * v_j;
            }
        }
    }
    for k in 0..d {
        p[k] = a[k * d + k];
        z[k * d + k] = 1.0;
    }
    // Z = (H₀H₁…)ᵀ, from the last reflection on: those before k change rows over k alone
    for k in (0..d.saturating_sub(1)).rev() {
        let v = &a[k * d + k + 1..(k + 1) * d];
        for row in z.chunks_exact_mut(d).skip(k + 1) {
            let product = dot(&row[k + 1..], v);
            for (entry, v) in row[k + 1..].iter_mut().zip(v) {
                *entry -= product * v;
            }
        }
    }
}

/// Makes T diagonal, from its lower end on.
fn diagonalise(Eigen { values, vectors }: &mut Eigen, off: &mut [f64]) -> bool {
    let d = values.len();
    let small = |values: &[f64], off: &[f64], k: usize| {
        off[k].abs() <= f64::EPSILON * (values[k].abs() + values[k + 1].abs()).max(f64::EPSILON)
    };
    let mut last = d - 1;
    for _ in 0..STEPS * d {
        while last > 0 && small(values, off, last - 1) {
            last -= 1;
        }
        if last == 0 {
            return true;
        }
        let first = (0..last).rev().find(|&k| small(values, off, k)).map_or(0, |k| k + 1);
        step(&mut values[first..=last], &mut off[first..last], &mut vectors[first * d..(last + 1) * d], d);
    }
    false
}

/// One QR step with Wilkinson's shift: plane rotations that chase an entry off the diagonals.
fn step(values: &mut [f64], off: &mut [f64], vectors: &mut [f64], d: usize) {
    let last = off.len();
    let half = 0.5 * (values[last - 1] - values[last]);
    let corner = off[last - 1];
    let shift = values[last] - corner * corner / (half + half.hypot(corner).copysign(half));
    let (mut x, mut chased) = (values[0] - shift, off[0]);
    for k in 0..last {
        let r = x.hypot(chased);
        let (c, s) = if r > 0.0 { (x / r, chased / r) } else { (1.0, 0.0) };
        if k > 0 {
            off[k - 1] = r;
        }
        let (upper, lower, beside) = (values[k], values[k + 1], off[k]);
        let turn = s * (2.0 * c * beside + s * (lower - upper));
        values[k] = upper + turn;
        values[k + 1] = lower - turn;
        off[k] = c * s * (lower - upper) + (c - s) * (c + s) * beside;
        if k + 1 < last {
            x = off[k];
            chased = s * off[k + 1];
            off[k + 1] *= c;
        }
        let (above, below) = vectors[k * d..(k + 2) * d].split_at_mut(d);
        for (a, b) in above.iter_mut().zip(below) {
            (*a, *b) = (c * *a + s * *b, c * *b - s * *a);
        }
    }
}

/// Σ aᵢbᵢ in four partial sums.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a4, a) = a.as_chunks::<4>();
    let (b4, b) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in a4.iter().zip(b4) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#![forbid(unsafe_code)]
//! Points of rank-1 lattices, in exact integer arithmetic until the last step.

use crate::Points;
use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Range;

/// Which index belongs to the i-th point. φ is the radical inverse in base 2: φ(…b₂b₁b₀) = 0.b₀b₁b₂…
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// x_i = φ(i)·g: any first 2^m points are a lattice.
    RadicalInverse,
    /// x_i = φ(i xor ⌊i/2⌋)·g: the same lattices, each walked in Gray code order.
    Gray,
    /// x_i = (i/n)·g for a lattice of n points.
    Linear {
        /// n
        size: u64,
    },
}

/// The points frac(x_i + Δ) of consecutive indices i.
#[derive(Debug)]
pub struct Lattice {
    vector: Vec<u32>,
    shift: Vec<f64>,
    walk: Walk,
}

#[derive(Debug)]
enum Walk {
    Digits { gray: bool },
    Steps(Steps),
}

/// i·g mod n of the next point. Integers below 2^53 are exact in an f64, and there are SIMD lanes for it.
#[derive(Debug)]
struct Steps {
    size: f64,
    at: u64,
    residues: Vec<f64>,
    strides: Vec<f64>,
}

impl Lattice {
    /// The largest index, and the largest size of a linear lattice: 2^53 − 1.
    pub const MAX_INDEX: u64 = (1 << 53) - 1;

    /// `vector` is g; `shift` is Δ in [0, 1), of the same length.
    ///
    /// # Panics
    /// When the lengths differ or a linear lattice has no points or more than [`Self::MAX_INDEX`].
    pub fn new(vector: Vec<u32>, shift: Vec<f64>, order: Order) -> Result<Self, Refusal> {
        assert!(vector.len() == shift.len()); // not assert_eq!: its message costs 1 kB of wasm
        let walk = match order {
            Order::RadicalInverse => Walk::Digits { gray: false },
            Order::Gray => Walk::Digits { gray: true },
            Order::Linear { size } => Walk::Steps(Steps::new(&vector, size)?),
        };
        Ok(Self { vector, shift, walk })
    }
}

impl Points for Lattice {
    fn dimension(&self) -> usize {
        self.vector.len()
    }

    /// # Panics
    /// When `out` has another length, or an index is over [`Lattice::MAX_INDEX`].
    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        assert!(range.end <= Lattice::MAX_INDEX + 1);
        assert!(out.len() as u64 == (range.end - range.start) * self.dimension() as u64);
        let Self { vector, shift, walk } = self;
        let rows = range.clone().zip(out.chunks_exact_mut(vector.len()));
        match walk {
            Walk::Digits { gray } => {
                let gray = *gray;
                for (i, row) in rows {
                    digits(if gray { i ^ (i >> 1) } else { i }, vector, shift, row);
                }
            }
            Walk::Steps(steps) => {
                steps.seek(range.start, vector);
                for (_, row) in rows {
                    steps.next(shift, row);
                }
            }
        }
    }
}

/// row = frac(φ(i)·g + Δ). φ(i)·g mod 1 is the wrapped product of the reversed bits of i and g, as a binary fraction; it
/// has no more digits than i, so it is exact.
fn digits(i: u64, vector: &[u32], shift: &[f64], row: &mut [f64]) {
    const TWO_POW_20: f64 = 1_048_576.0; // its last mantissa bit is 2^−32
    const TWO_POW_M53: f64 = 1.0 / (1u64 << 53) as f64;
    if let Ok(short) = u32::try_from(i) {
        let reversed = short.reverse_bits();
        for ((x, &g), &delta) in row.iter_mut().zip(vector).zip(shift) {
            let fraction = u64::from(reversed.wrapping_mul(g));
            *x = frac(f64::from_bits(TWO_POW_20.to_bits() | fraction) - TWO_POW_20 + delta);
        }
    } else {
        let reversed = i.reverse_bits();
        for ((x, &g), &delta) in row.iter_mut().zip(vector).zip(shift) {
            let fraction = reversed.wrapping_mul(u64::from(g));
            *x = frac((fraction >> 11) as f64 * TWO_POW_M53 + delta);
        }
    }
}

impl Steps {
    fn new(vector: &[u32], size: u64) -> Result<Self, Refusal> {
        assert!(0 < size && size <= Lattice::MAX_INDEX);
        let mut strides = zeroed("vector", vector.len())?;
        for (stride, &g) in strides.iter_mut().zip(vector) {
            *stride = (u64::from(g) % size) as f64;
        }
        Ok(Self { size: size as f64, at: 0, residues: zeroed("vector", vector.len())?, strides })
    }

    fn seek(&mut self, i: u64, vector: &[u32]) {
        if self.at != i {
            for (residue, &g) in self.residues.iter_mut().zip(vector) {
                *residue = multiply_mod(i, g, self.size as u64) as f64;
            }
            self.at = i;
        }
    }

    /// row = frac(residue / n + Δ), then one step on.
    fn next(&mut self, shift: &[f64], row: &mut [f64]) {
        let size = self.size;
        for (((x, residue), &stride), &delta) in row.iter_mut().zip(&mut self.residues).zip(&self.strides).zip(shift) {
            *x = frac(*residue / size + delta);
            let wrap = size - stride; // compared with, because residue + stride may pass 2^53
            *residue = if *residue >= wrap { *residue - wrap } else { *residue + stride };
        }
        self.at += 1;
    }
}

/// i·g mod n for n < 2^53: the product itself may have 85 bits.
fn multiply_mod(i: u64, g: u32, n: u64) -> u64 {
    let i = i % n;
    (0..u32::BITS).rev().fold(0, |product, bit| (2 * product + i * u64::from(g >> bit & 1)) % n)
}

/// x mod 1 for 0 ≤ x < 2, without a branch, which would be a coin toss. A sum of two numbers below 1 may round to 1.
fn frac(x: f64) -> f64 {
    x - x.floor()
}

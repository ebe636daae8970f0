#![forbid(unsafe_code)]
//! Points of rank-1 lattices, in exact integer arithmetic until the last step.
//!
//! Points are made a tile at a time: 2^a rows from a multiple of 2^a on, as one flat array, so that a row of few coordinates
//! costs no more than its share of a long one.

use crate::residues::Residues;
use crate::{Points, Sfc64};
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
    dimension: usize,
    /// 2^a, the rows of a tile.
    rows: u64,
    /// Δ of each coordinate of a tile.
    shift: Vec<f64>,
    walk: Walk,
}

#[derive(Debug)]
enum Walk {
    Fractions(Fractions),
    Residues(Residues),
}

/// x_i = c(i)·g as a wrapping product of binary fractions. In an aligned tile c(base + k) = c(base) xor c(k), because c only
/// moves bits and combines them by exclusive or.
#[derive(Debug)]
struct Fractions {
    order: Order,
    /// c(k) of row k, for each coordinate of a tile.
    codes: Vec<u32>,
    /// g of each coordinate of a tile.
    factors: Vec<u32>,
}

/// Coordinates per tile, at least: what starts a tile is then a small part of its time, and all its tables stay in the
/// first-level cache.
const TILE: usize = 64;

impl Lattice {
    /// The largest index, and the largest size of a linear lattice: 2^53 − 1.
    pub const MAX_INDEX: u64 = (1 << 53) - 1;

    /// `vector` is g; `shift` is Δ in [0, 1), of the same length.
    ///
    /// # Panics
    /// When the lengths differ or a linear lattice has no points or more than [`Self::MAX_INDEX`].
    pub fn new(vector: &[u32], shift: &[f64], order: Order) -> Result<Self, Refusal> {
        assert!(vector.len() == shift.len()); // not assert_eq!: its message costs 1 kB of wasm
        let dimension = vector.len();
        let rows = TILE.div_ceil(dimension.max(1)).next_power_of_two();
        let walk = match order {
            Order::Linear { size } if !(size.is_power_of_two() && size <= 1 << 32) => {
                assert!(0 < size && size <= Self::MAX_INDEX);
                Walk::Residues(Residues::new(vector, size, rows)?)
            }
            _ => Walk::Fractions(Fractions::new(vector, order, rows)?),
        };
        Ok(Self { dimension, rows: rows as u64, shift: tiled("shift", shift, rows)?, walk })
    }
}

impl Points for Lattice {
    fn dimension(&self) -> usize {
        self.dimension
    }

    /// # Panics
    /// When `out` has another length, or an index is over [`Lattice::MAX_INDEX`].
    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        assert!(range.end <= Lattice::MAX_INDEX + 1);
        assert!(out.len() as u64 == (range.end - range.start) * self.dimension as u64);
        let (mut i, mut rest) = (range.start, out);
        while i < range.end {
            let base = i & !(self.rows - 1);
            let end = range.end.min(base + self.rows);
            let part = (i - base) as usize * self.dimension..(end - base) as usize * self.dimension;
            let (now, later) = rest.split_at_mut(part.len());
            let shift = &self.shift[part.clone()];
            match &mut self.walk {
                Walk::Fractions(fractions) => fractions.fill(base, part, shift, now),
                Walk::Residues(residues) => residues.fill(base, part, shift, now),
            }
            (i, rest) = (end, later);
        }
    }
}

impl Fractions {
    fn new(vector: &[u32], order: Order, rows: usize) -> Result<Self, Refusal> {
        let mut factors = tiled("vector", vector, rows)?;
        if let Order::Linear { size } = order {
            // i·g / 2^m in units of 2^−32; 2^0 points are all 0
            factors.iter_mut().for_each(|g| *g = g.checked_shl(32 - size.ilog2()).unwrap_or(0));
        }
        let mut codes = zeroed("vector", factors.len())?;
        for (k, row) in codes.chunks_exact_mut(vector.len().max(1)).enumerate() {
            row.fill(short_code(order, k as u32));
        }
        Ok(Self { order, codes, factors })
    }

    /// The coordinates `part` of the tile that starts at `base`. A product has no more binary digits than the index, or, in
    /// linear order, than n − 1: it is exact.
    fn fill(&self, base: u64, part: Range<usize>, shift: &[f64], out: &mut [f64]) {
        const TWO_POW_20: f64 = 1_048_576.0; // its last mantissa bit is 2^−32
        const TWO_POW_M53: f64 = 1.0 / (1u64 << 53) as f64;
        let Range { start, end } = part;
        let coordinates = self.codes[start..end].iter().zip(&self.factors[start..end]).zip(shift).zip(out);
        if let Ok(short) = u32::try_from(base) {
            let code = short_code(self.order, short);
            for (((&low, &g), &delta), x) in coordinates {
                let fraction = u64::from((low ^ code).wrapping_mul(g));
                *x = frac(f64::from_bits(TWO_POW_20.to_bits() | fraction) - TWO_POW_20 + delta);
            }
        } else {
            // a linear lattice of so many points goes by its residues
            let code = if self.order == Order::Gray { gray(base) } else { base }.reverse_bits();
            for (((&low, &g), &delta), x) in coordinates {
                let fraction = (u64::from(low) << 32 ^ code).wrapping_mul(u64::from(g));
                *x = frac((fraction >> 11) as f64 * TWO_POW_M53 + delta);
            }
        }
    }
}

/// QMCPy's random generating vector for 2^bits points: 1, then uniform odd numbers from 3 to 2^bits − 1.
pub fn random_vector(generator: &mut Sfc64, bits: u32, vector: &mut [u32]) {
    let halves = (1 << (bits - 1)) - 1; // from 1 on
    for (j, g) in vector.iter_mut().enumerate() {
        *g = if j == 0 { 1 } else { 2 * (generator.below(halves) + 1) + 1 };
    }
}

/// c(i) for i < 2^32: φ(i) in units of 2^−32, or i itself.
fn short_code(order: Order, i: u32) -> u32 {
    match order {
        Order::RadicalInverse => i.reverse_bits(),
        Order::Gray => (i ^ (i >> 1)).reverse_bits(),
        Order::Linear { .. } => i,
    }
}

/// The Gray code of i.
fn gray(i: u64) -> u64 {
    i ^ (i >> 1)
}

/// `rows` copies of a row, one after another.
pub(crate) fn tiled<T: Copy + Default>(what: &str, row: &[T], rows: usize) -> Result<Vec<T>, Refusal> {
    let mut tile = zeroed(what, row.len() * rows)?;
    tile.chunks_exact_mut(row.len().max(1)).for_each(|copy| copy.copy_from_slice(row));
    Ok(tile)
}

/// x mod 1 for 0 ≤ x < 2, without a branch, which would be a coin toss. A sum of two numbers below 1 may round to 1.
pub(crate) fn frac(x: f64) -> f64 {
    x - x.floor()
}

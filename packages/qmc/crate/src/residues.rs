#![forbid(unsafe_code)]
//! i·g mod n for any n below 2^53, a tile of points at a time.

use crate::lattice::{frac, tiled};
use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Range;

/// i·g mod n of the points of one tile. Integers below 2^53 are exact in an f64, and there are SIMD lanes for it.
#[derive(Debug)]
pub(crate) struct Residues {
    vector: Vec<u32>,
    size: u64,
    rows: u64,
    /// The first index of the tile that `values` hold, if they hold any.
    base: Option<u64>,
    values: Vec<f64>,
    /// What the next tile adds, modulo n.
    strides: Vec<f64>,
}

impl Residues {
    /// Tiles of `rows` points of a lattice of `size` points.
    pub(crate) fn new(vector: &[u32], size: u64, rows: usize) -> Result<Self, Refusal> {
        let mut stride = zeroed("vector", vector.len())?;
        for (value, &g) in stride.iter_mut().zip(vector) {
            *value = multiply_mod(rows as u64, g, size) as f64;
        }
        let strides = tiled("vector", &stride, rows)?;
        let mut kept = zeroed("vector", vector.len())?;
        kept.copy_from_slice(vector);
        let values = zeroed("vector", strides.len())?;
        Ok(Self { vector: kept, size, rows: rows as u64, base: None, values, strides })
    }

    /// The coordinates `part` of the tile that starts at `base`: frac(residue / n + Δ).
    pub(crate) fn fill(&mut self, base: u64, part: Range<usize>, shift: &[f64], out: &mut [f64]) {
        if self.base.is_some_and(|held| held + self.rows == base) {
            self.advance();
        } else if self.base != Some(base) {
            self.seek(base);
        }
        let size = self.size as f64;
        if part.len() < self.values.len() {
            self.base = Some(base);
            for ((x, &residue), &delta) in out.iter_mut().zip(&self.values[part]).zip(shift) {
                *x = frac(residue / size + delta);
            }
        } else {
            self.base = Some(base + self.rows); // the next tile on the way
            let steps = self.values.iter_mut().zip(&self.strides);
            for ((x, (value, &stride)), &delta) in out.iter_mut().zip(steps).zip(shift) {
                *x = frac(*value / size + delta);
                *value = add_mod(*value, stride, size);
            }
        }
    }

    fn advance(&mut self) {
        let size = self.size as f64;
        for (value, &stride) in self.values.iter_mut().zip(&self.strides) {
            *value = add_mod(*value, stride, size);
        }
    }

    fn seek(&mut self, base: u64) {
        let Self { vector, size, values, .. } = self;
        for (j, &g) in vector.iter().enumerate() {
            let step = (u64::from(g) % *size) as f64;
            let mut residue = multiply_mod(base, g, *size) as f64;
            for value in values.iter_mut().skip(j).step_by(vector.len()) {
                *value = residue;
                residue = add_mod(residue, step, *size as f64);
            }
        }
    }
}

/// a + b mod n for a, b < n < 2^53, where a + b may pass 2^53.
fn add_mod(a: f64, b: f64, n: f64) -> f64 {
    let wrap = n - b;
    if a >= wrap { a - wrap } else { a + b }
}

/// i·g mod n for n < 2^53: the product itself may have 85 bits.
fn multiply_mod(i: u64, g: u32, n: u64) -> u64 {
    let i = i % n;
    if n <= 1 << 32 {
        return i * u64::from(g) % n;
    }
    (0..u32::BITS).rev().fold(0, |product, bit| (2 * product + i * u64::from(g >> bit & 1)) % n)
}

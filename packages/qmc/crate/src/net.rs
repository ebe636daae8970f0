#![forbid(unsafe_code)]
//! Points of digital nets in base 2: one exclusive or of two table entries per coordinate.

use crate::Points;
use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Range;

/// A digital net. Point i is the digital shift ⊕ the columns c for which bit c of i is set, coordinate by coordinate, where
/// a column is a binary fraction of 64 bits. Gray code order needs nothing of its own: see [`crate::gray_code_order`].
#[derive(Debug)]
pub struct Net {
    dimension: usize,
    points: u64,
    /// A block is 2^`rows` consecutive points from a multiple of that.
    rows: u32,
    /// The first block before the shift: (2^rows, d).
    table: Vec<u64>,
    /// What the current block has more, a few times over: no inner loop is shorter than [`LANES`].
    base: Vec<u64>,
    block: u64,
    /// Row c is column `rows` ⊕ … ⊕ column `rows` + c: to go on to the next block is one such step.
    steps: Vec<u64>,
}

/// Coordinates of a block, unless one point has more: the table shares a first-level cache with the points.
const BLOCK: usize = 1 << 11;
const LANES: usize = 64;

impl Net {
    /// `columns` is (m, d) for 2^m points, `shift` has d elements; both are binary fractions of 64 bits.
    ///
    /// # Panics
    /// When `columns` is no multiple of `shift`, or either is empty, or there are more than 63 columns.
    pub fn new(columns: Vec<u64>, shift: Vec<u64>) -> Result<Self, Refusal> {
        let d = shift.len();
        let m = columns.len() / d;
        assert!(columns.len() == m * d && 0 < m && m < 64);
        let rows = (BLOCK / d).max(1).ilog2().min(m as u32);
        let mut table = zeroed("table", d << rows)?;
        for c in 0..rows as usize {
            let (known, next) = table.split_at_mut(d << c);
            for (sum, point) in next.chunks_exact_mut(d).zip(known.chunks_exact(d)) {
                for ((sum, &x), &column) in sum.iter_mut().zip(point).zip(&columns[c * d..]) {
                    *sum = x ^ column;
                }
            }
        }
        let copies = LANES.div_ceil(d).next_power_of_two().min(1 << rows);
        let mut base = zeroed("base", d * copies)?;
        base.chunks_exact_mut(d).for_each(|copy| copy.copy_from_slice(&shift));
        let mut steps = columns;
        for i in (rows as usize + 1) * d..steps.len() {
            steps[i] ^= steps[i - d];
        }
        steps.drain(..rows as usize * d);
        Ok(Self { dimension: d, points: 1 << m, rows, table, base, block: 0, steps })
    }

    /// The points of `range` as binary fractions of 64 bits: (range, d) row-major.
    ///
    /// # Panics
    /// When `out` has another length or an index is beyond the net.
    pub fn fill_u64(&mut self, range: Range<u64>, out: &mut [u64]) {
        self.each(range, out, |x| x);
    }

    /// Moves the base to a block. Between neighbours, Gray codes differ in one bit, and a step is the sum of the columns up
    /// to there.
    fn seek(&mut self, block: u64) {
        let d = self.dimension;
        let mut changed = gray(block) ^ gray(self.block);
        while changed != 0 {
            let c = changed.trailing_zeros() as usize;
            changed &= changed - 1;
            for copy in self.base.chunks_exact_mut(d) {
                for (x, &step) in copy.iter_mut().zip(&self.steps[c * d..]) {
                    *x ^= step;
                }
            }
        }
        self.block = block;
    }

    fn each<T>(&mut self, range: Range<u64>, out: &mut [T], convert: impl Fn(u64) -> T) {
        let d = self.dimension;
        assert!(range.end <= self.points && out.len() as u64 == (range.end - range.start) * d as u64);
        let mut rest = out;
        let mut from = range.start;
        while from < range.end {
            let block = from >> self.rows;
            let to = range.end.min((block + 1) << self.rows);
            self.seek(block);
            let first = (from - (block << self.rows)) as usize * d;
            let (now, later) = rest.split_at_mut((to - from) as usize * d);
            let table = &self.table[first..first + now.len()];
            for (out, table) in now.chunks_mut(self.base.len()).zip(table.chunks(self.base.len())) {
                for ((x, &sum), &base) in out.iter_mut().zip(table).zip(&self.base) {
                    *x = convert(sum ^ base);
                }
            }
            rest = later;
            from = to;
        }
    }
}

impl Points for Net {
    fn dimension(&self) -> usize {
        self.dimension
    }

    /// # Panics
    /// As [`Net::fill_u64`].
    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        self.each(range, out, nearest);
    }

    /// # Panics
    /// As [`Net::fill_u64`].
    fn fill_f32(&mut self, range: Range<u64>, _: &mut [f64], out: &mut [f32]) {
        self.each(range, out, |x| (x >> 40) as f32 * (1.0 / (1u32 << 24) as f32));
    }
}

fn gray(i: u64) -> u64 {
    i ^ (i >> 1)
}

/// X·2^−64 in the nearest double, but never 1. A double near 2^20 has 2^−32 as its last bit, one near 2^−12 has 2^−64: the
/// halves of X are put there as they are, and their sum is the only rounding.
fn nearest(x: u64) -> f64 {
    const HIGH: f64 = 1_048_576.0; // 2^20
    const LOW: f64 = 1.0 / 4096.0; // 2^−12
    const LARGEST: f64 = 1.0 - f64::EPSILON / 2.0;
    let high = f64::from_bits(HIGH.to_bits() | (x >> 32));
    let low = f64::from_bits(LOW.to_bits() | (x & 0xffff_ffff));
    let sum = high - (HIGH + LOW) + low;
    if LARGEST < sum { LARGEST } else { sum }
}

#![forbid(unsafe_code)]
//! What every sequence can do: fill a range of its points.

use std::ops::Range;

/// A point sequence with random access: the same index gives the same bits in every range.
pub trait Points {
    /// d
    fn dimension(&self) -> usize;

    /// Coordinates to make at a time, for a range of so many: 128 kB stay in a second-level cache. Where the points leave the
    /// caches anyway, copies of a megabyte go past them, which is faster. Either takes about a millisecond at most.
    fn block(&self, coordinates: u64) -> usize {
        if coordinates < 1 << 21 { 1 << 14 } else { 1 << 17 }
    }

    /// Writes the points of `range` into `out`: (range, d) row-major.
    fn fill(&mut self, range: Range<u64>, out: &mut [f64]);

    /// The same in f32: each coordinate cut to 24 bits, so none is ever 1. `scratch` is as long as `out`.
    fn fill_f32(&mut self, range: Range<u64>, scratch: &mut [f64], out: &mut [f32]) {
        self.fill(range, scratch);
        for (single, &x) in out.iter_mut().zip(scratch.iter()) {
            *single = (x * TWO_POW_24) as i32 as f32 * (1.0 / TWO_POW_24 as f32);
        }
    }
}

/// Points that are binary fractions of 64 bits until they are rounded.
pub trait Fractions: Points {
    /// Writes the points of `range` as integers X, which stand for X·2^−64, into `out`: (range, d) row-major.
    fn fill_u64(&mut self, range: Range<u64>, out: &mut [u64]);
}

const TWO_POW_24: f64 = 16_777_216.0;

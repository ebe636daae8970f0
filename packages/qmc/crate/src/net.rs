#![forbid(unsafe_code)]
//! Points of digital nets in base 2: one exclusive or of a table and a base point per coordinate, and a conversion.

use crate::sums::{Plane, Sums};
use crate::{Fractions, Points};
use gossamer_rust_kit::Refusal;
use std::ops::{BitXor, Range};

/// A digital net. Point i is the digital shift ⊕ the columns c for which bit c of i is set, coordinate by coordinate, where
/// a column is a binary fraction of 64 bits. Gray code order needs nothing of its own: see [`crate::gray_code_order`].
#[derive(Debug)]
pub struct Net {
    sums: Sums,
    /// No coordinate has more than 32 digits.
    short: bool,
    high: Plane<u64>,
    low: Plane<u64>,
    single: Plane<u32>,
}

impl Net {
    /// `columns` is (m, d) for 2^m points, `shift` has d elements; both are binary fractions of 64 bits.
    ///
    /// # Panics
    /// When `columns` is no multiple of `shift`, or either is empty, or there are more than 63 columns.
    pub fn new(columns: Vec<u64>, shift: Vec<u64>) -> Result<Self, Refusal> {
        let short = columns.iter().chain(&shift).fold(0, |digits, x| digits | x) as u32 == 0;
        let sums = Sums::new(columns, &shift)?;
        Ok(Self { short, high: Plane::new(&sums)?, low: Plane::new(&sums)?, single: Plane::new(&sums)?, sums })
    }
}

impl Fractions for Net {
    /// # Panics
    /// When `out` has another length or an index is beyond the net.
    fn fill_u64(&mut self, range: Range<u64>, out: &mut [u64]) {
        self.sums.each_block(range, out, |sums, part, out| combine(&sums.table[part], &sums.base, out, |x| x));
    }
}

impl Points for Net {
    fn dimension(&self) -> usize {
        self.sums.dimension
    }

    /// # Panics
    /// As [`Fractions::fill_u64`].
    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        let Self { sums, short, high, low, .. } = self;
        sums.each_block(range, out, |sums, part, out| {
            high.take(sums, |x| x >> 32, HIGH.to_bits());
            if *short {
                return combine(&high.table[part], &high.base, out, |high| f64::from_bits(high) - HIGH);
            }
            low.take(sums, |x| x & 0xffff_ffff, LOW.to_bits());
            let lanes = sums.base.len();
            let tables = high.table[part.clone()].chunks(lanes).zip(low.table[part].chunks(lanes));
            for (out, (highs, lows)) in out.chunks_mut(lanes).zip(tables) {
                let bases = high.base.iter().zip(&low.base);
                for ((x, (&high, &low)), (base_high, base_low)) in out.iter_mut().zip(highs.iter().zip(lows)).zip(bases)
                {
                    *x = nearest(high ^ base_high, low ^ base_low);
                }
            }
        });
    }

    /// # Panics
    /// As [`Fractions::fill_u64`].
    fn fill_f32(&mut self, range: Range<u64>, _: &mut [f64], out: &mut [f32]) {
        const TWO_POW_M24: f32 = 1.0 / (1u32 << 24) as f32;
        let Self { sums, single, .. } = self;
        sums.each_block(range, out, |sums, part, out| {
            single.take(sums, |x| (x >> 40) as u32, 0);
            combine(&single.table[part], &single.base, out, |x| x as i32 as f32 * TWO_POW_M24);
        });
    }
}

/// A double near 2^20 has 2^−32 as its last bit.
pub(crate) const HIGH: f64 = 1_048_576.0;
/// A double near 2^−12 has 2^−64 as its last bit.
pub(crate) const LOW: f64 = 1.0 / 4096.0;

/// X·2^−64 in the nearest double, but never 1, from the high half of X in the last bits of [`HIGH`] and the low half in those of
/// [`LOW`]: the difference is exact, so the sum is the only rounding.
pub(crate) fn nearest(high: u64, low: u64) -> f64 {
    const LARGEST: f64 = 1.0 - f64::EPSILON / 2.0;
    let sum = f64::from_bits(high) - (HIGH + LOW) + f64::from_bits(low);
    if LARGEST < sum { LARGEST } else { sum }
}

/// out[i] = convert(table[i] ⊕ base[i modulo its length]).
fn combine<W: Copy + BitXor<Output = W>, T>(table: &[W], base: &[W], out: &mut [T], convert: impl Fn(W) -> T) {
    for (out, table) in out.chunks_mut(base.len()).zip(table.chunks(base.len())) {
        for ((x, &sum), &base) in out.iter_mut().zip(table).zip(base) {
            *x = convert(sum ^ base);
        }
    }
}

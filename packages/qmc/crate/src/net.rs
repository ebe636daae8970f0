#![forbid(unsafe_code)]
//! Points of digital nets in base 2: one exclusive or of a table and a base point per coordinate, and a conversion.

use crate::{Fractions, Points};
use gossamer_rust_kit::{Refusal, reserved, zeroed};
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

    /// Where the points of a range leave the caches anyway, copies of a megabyte go past them, which is faster.
    fn block(&self, coordinates: u64) -> usize {
        if coordinates < 1 << 21 { 1 << 14 } else { 1 << 17 }
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

/// A word of every coordinate in [`Sums`], in the form that a conversion takes.
#[derive(Debug)]
struct Plane<W> {
    table: Vec<W>,
    base: Vec<W>,
}

impl<W: Copy + BitXor<Output = W>> Plane<W> {
    /// Only reserved here, because filling a range may not fail.
    fn new(sums: &Sums) -> Result<Self, Refusal> {
        Ok(Self { table: reserved("table", sums.table.capacity())?, base: reserved("base", sums.base.len())? })
    }

    fn take(&mut self, sums: &Sums, word: impl Fn(u64) -> W, offset: W) {
        self.table.extend(sums.table[self.table.len()..].iter().map(|&x| word(x)));
        self.base.clear();
        self.base.extend(sums.base.iter().map(|&x| word(x) ^ offset));
    }
}

/// The sums of columns that make up the points: a block of 2^`rows` consecutive ones is `table` ⊕ `base`.
#[derive(Debug)]
struct Sums {
    dimension: usize,
    columns: Vec<u64>,
    /// The sums of the first `rows` columns: (2^rows, d).
    table: Vec<u64>,
    rows: u32,
    most_rows: u32,
    /// The shift and the sum of the other columns, for the current block, a few times over: no inner loop is shorter than
    /// [`LANES`].
    base: Vec<u64>,
    block: u64,
}

/// Coordinates of a block, unless four points have more: its tables share the first-level cache with the points.
const BLOCK: usize = 1 << 11;
const LANES: usize = 64;

impl Sums {
    fn new(columns: Vec<u64>, shift: &[u64]) -> Result<Self, Refusal> {
        let d = shift.len();
        let m = columns.len() / d;
        assert!(columns.len() == m * d && 0 < m && m < 64);
        let most_rows = (BLOCK / d).max(4).ilog2().min(m as u32);
        let mut table = reserved("table", d << most_rows)?;
        table.resize(d, 0);
        let mut base = zeroed("base", d * LANES.div_ceil(d).next_power_of_two())?;
        base.chunks_exact_mut(d).for_each(|copy| copy.copy_from_slice(shift));
        Ok(Self { dimension: d, columns, table, rows: 0, most_rows, base, block: 0 })
    }

    /// Calls `part` for the part of each block that `range` takes: where in the table it is, and where it goes.
    fn each_block<T>(&mut self, range: Range<u64>, out: &mut [T], mut part: impl FnMut(&Self, Range<usize>, &mut [T])) {
        let d = self.dimension;
        let count = range.end - range.start;
        assert!(range.end <= 1 << (self.columns.len() / d) && out.len() as u64 == count * d as u64);
        while self.rows < self.most_rows && 4 << self.rows < count {
            self.double(); // not more often: for a short range a table costs more than it saves
        }
        let mut rest = out;
        let mut from = range.start;
        while from < range.end {
            let block = from >> self.rows;
            let to = range.end.min((block + 1) << self.rows);
            self.seek(block);
            let first = (from - (block << self.rows)) as usize * d;
            let (now, later) = rest.split_at_mut((to - from) as usize * d);
            part(self, first..first + now.len(), now);
            (rest, from) = (later, to);
        }
    }

    /// Moves one more column from the base to the table.
    fn double(&mut self) {
        self.seek(0);
        let known = self.table.len();
        self.table.extend_from_within(..);
        let column = &self.columns[self.rows as usize * self.dimension..][..self.dimension];
        add(&mut self.table[known..], column);
        self.rows += 1;
    }

    /// Moves the base to a block. From one block to the next this adds two columns, on average.
    fn seek(&mut self, block: u64) {
        let mut changed = (block ^ self.block) << self.rows;
        while changed != 0 {
            let c = changed.trailing_zeros() as usize;
            add(&mut self.base, &self.columns[c * self.dimension..][..self.dimension]);
            changed &= changed - 1;
        }
        self.block = block;
    }
}

/// Adds a point to every row, modulo 2.
fn add(rows: &mut [u64], point: &[u64]) {
    for row in rows.chunks_exact_mut(point.len()) {
        row.iter_mut().zip(point).for_each(|(x, y)| *x ^= y);
    }
}

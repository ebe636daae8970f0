#![forbid(unsafe_code)]
//! Sums of columns modulo 2, in tables: a point is one exclusive or.

use gossamer_rust_kit::{Refusal, reserved, zeroed};
use std::ops::{BitXor, Range};

/// A word of every coordinate in [`Sums`], in the form that a conversion takes.
#[derive(Debug)]
pub(crate) struct Plane<W> {
    pub(crate) table: Vec<W>,
    pub(crate) base: Vec<W>,
}

impl<W: Copy + BitXor<Output = W>> Plane<W> {
    /// Only reserved here, because filling a range may not fail.
    pub(crate) fn new(sums: &Sums) -> Result<Self, Refusal> {
        Ok(Self { table: reserved("table", sums.table.capacity())?, base: reserved("base", sums.base.len())? })
    }

    pub(crate) fn take(&mut self, sums: &Sums, word: impl Fn(u64) -> W, offset: W) {
        self.table.extend(sums.table[self.table.len()..].iter().map(|&x| word(x)));
        self.base.clear();
        self.base.extend(sums.base.iter().map(|&x| word(x) ^ offset));
    }
}

/// The sums of columns that make up the points: a block of 2^`rows` consecutive ones is `table` ⊕ `base`.
#[derive(Debug)]
pub(crate) struct Sums {
    pub(crate) dimension: usize,
    columns: Vec<u64>,
    /// The sums of the first `rows` columns: (2^rows, d).
    pub(crate) table: Vec<u64>,
    rows: u32,
    most_rows: u32,
    /// The shift and the sum of the other columns, for the current block, a few times over: no inner loop is shorter than
    /// [`LANES`].
    pub(crate) base: Vec<u64>,
    block: u64,
}

/// Coordinates of a block, unless four points have more: its tables share the first-level cache with the points.
const BLOCK: usize = 1 << 11;
const LANES: usize = 64;

impl Sums {
    pub(crate) fn new(columns: Vec<u64>, shift: &[u64]) -> Result<Self, Refusal> {
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
    pub(crate) fn each_block<T>(
        &mut self,
        range: Range<u64>,
        out: &mut [T],
        mut part: impl FnMut(&Self, Range<usize>, &mut [T]),
    ) {
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

#![forbid(unsafe_code)]
//! Linear combinations of the digits of an index, modulo the base.

use super::radix::Radix;
use gossamer_rust_kit::{Refusal, zeroed};

/// y = S a mod b for a matrix S, in whatever order its rows are.
pub(super) struct Combination {
    radix: Radix,
    /// Rows of S.
    rows: usize,
    /// S by columns, one for each digit of the index.
    columns: Vec<u16>,
    /// Sums of the first columns: what is added when so many digits change from one index to the next.
    steps: Vec<u16>,
    sums: Vec<u32>,
}

impl Combination {
    pub fn new(radix: Radix, matrix: &[u16]) -> Result<Self, Refusal> {
        let rows = matrix.len() / radix.index_digits;
        let (mut columns, mut steps) = (zeroed("scramble", matrix.len())?, zeroed("scramble", matrix.len())?);
        columns.copy_from_slice(matrix);
        steps.copy_from_slice(matrix);
        for at in rows..steps.len() {
            steps[at] = sum_mod(steps[at], steps[at - rows], radix.base as u16);
        }
        Ok(Self { rows, columns, steps, sums: zeroed("scramble", rows)?, radix })
    }

    /// y of the index that has the digits of `number` from `position` on, and zeros before.
    pub fn at(&mut self, number: u64, position: usize, y: &mut [u16]) {
        let Self { radix, rows, columns, sums, .. } = self;
        sums.fill(0);
        for (digit, column) in radix.index(number).zip(columns[position * *rows..].chunks_exact(*rows)) {
            for (sum, &entry) in sums.iter_mut().zip(column) {
                *sum += digit * u32::from(entry); // at most 4 products of 2^26, or more of fewer bits
            }
        }
        for (y, sum) in y.iter_mut().zip(sums) {
            *y = (*sum % radix.base) as u16;
        }
    }

    /// From y of `index` to y of the next one.
    pub fn step(&self, index: u64, y: &mut [u16]) {
        let base = self.radix.base;
        let (mut rest, mut carries) = (index as u32, 0);
        while rest % base == base - 1 {
            (rest, carries) = (rest / base, carries + 1);
        }
        let step = &self.steps[carries * self.rows..][..self.rows];
        for (digit, &entry) in y.iter_mut().zip(step) {
            *digit = sum_mod(*digit, entry, base as u16);
        }
    }
}

/// a + b mod base for a, b < base < 2^15, in three instructions for many lanes.
fn sum_mod(a: u16, b: u16, base: u16) -> u16 {
    let sum = a + b;
    sum.min(sum.wrapping_sub(base))
}

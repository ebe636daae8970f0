#![forbid(unsafe_code)]
//! The random numbers of the scrambles, drawn as QMCPy draws them.

use super::permuted::DigitMap;
use super::radix::{DRAWN_DIGITS, Radix, primes};
use crate::Sfc64;
use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::{Deref, Range};
use std::rc::Rc;

/// Digits of an index, for QMCPy in every base.
const DRAWN_COLUMNS: usize = 32;

/// More words than are needed at a time for what is drawn.
const SMALL_PARTS: usize = 16384;

/// What is drawn for each digit of a coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitDraw {
    /// Nothing.
    None,
    /// A number to add modulo the base.
    Shift,
    /// A permutation.
    Permutation,
}

/// What is drawn for a coordinate: a matrix if `linear`, and something for each digit.
#[derive(Debug, Clone, Copy)]
pub struct ScrambleDraw {
    /// Whether there is a lower triangular matrix with a diagonal without zeros.
    pub linear: bool,
    /// What there is for each digit.
    pub digits: DigitDraw,
}

impl ScrambleDraw {
    fn matrix(self, radix: &Radix) -> usize {
        if self.linear { radix.index_digits * radix.digits } else { 0 }
    }

    fn map(self, radix: &Radix) -> usize {
        match self.digits {
            DigitDraw::None => 0,
            DigitDraw::Shift => radix.digits,
            DigitDraw::Permutation => radix.digits * radix.base as usize,
        }
    }

    /// How many numbers are kept of one replication.
    pub fn length(self, dimension: usize) -> usize {
        primes(dimension).map(Radix::new).map(|radix| self.matrix(&radix) + self.map(&radix)).sum()
    }

    /// Draws for all replications: all matrices before anything else. `keep(at, numbers)` takes numbers and where they belong,
    /// replication after replication, in each coordinate after coordinate, in each the matrix by columns before the rest.
    pub fn draw(
        self,
        generator: &mut Sfc64,
        dimension: usize,
        replications: usize,
        mut keep: impl FnMut(usize, &[u16]),
    ) -> Result<(), Refusal> {
        drop(zeroed::<u64>("scramble", SMALL_PARTS)?);
        let places = || {
            let radices = std::iter::repeat_n(primes(dimension), replications).flatten().map(Radix::new);
            radices.scan(0, |end, radix| {
                let start = *end;
                *end += self.matrix(&radix) + self.map(&radix);
                Some((start, radix))
            })
        };
        if self.linear {
            for (at, radix) in places() {
                keep(at, &matrix(&radix, generator));
            }
        }
        for (at, radix) in places() {
            let at = at + self.matrix(&radix);
            match self.digits {
                DigitDraw::None => {}
                DigitDraw::Shift => keep(at, &shift(&radix, generator)),
                DigitDraw::Permutation => permutations(&radix, generator, |position, entries| {
                    keep(at + position * entries.len(), entries);
                }),
            }
        }
        Ok(())
    }

    /// The coordinates' shares of what was drawn for one replication: the matrix, and what happens to the digits.
    pub(super) fn shares(self, drawn: Vec<u16>) -> impl FnMut(&Radix) -> (Share, DigitMap) {
        let (all, mut at) = (Rc::new(drawn), 0);
        let mut next = move |length| {
            let share = Share { all: Rc::clone(&all), range: at..at + length };
            at += length;
            share
        };
        move |radix| {
            let matrix = next(self.matrix(radix));
            let map = next(self.map(radix));
            let map = match self.digits {
                DigitDraw::None => DigitMap::None,
                DigitDraw::Shift => DigitMap::Shift(map),
                DigitDraw::Permutation => DigitMap::Permutation(map),
            };
            (matrix, map)
        }
    }
}

/// A part of what was drawn, which can have megabytes.
#[derive(Debug, Clone)]
pub(super) struct Share {
    all: Rc<Vec<u16>>,
    range: Range<usize>,
}

impl Deref for Share {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        &self.all[self.range.clone()]
    }
}

/// A number for each digit.
fn shift(radix: &Radix, generator: &mut Sfc64) -> Vec<u16> {
    let mut numbers: Vec<_> = (0..DRAWN_DIGITS).map(|_| generator.below(u64::from(radix.base)) as u16).collect();
    numbers.truncate(radix.digits);
    numbers
}

/// A permutation for each digit.
fn permutations(radix: &Radix, generator: &mut Sfc64, mut keep: impl FnMut(usize, &[u16])) {
    for position in 0..DRAWN_DIGITS {
        let entries = generator.permutation(radix.base);
        if position < radix.digits {
            keep(position, &entries.into_iter().map(|entry| entry as u16).collect::<Vec<_>>());
        }
    }
}

/// S, a column for each digit of the index: first the entries below the diagonal are drawn, row by row, then the diagonal.
fn matrix(radix: &Radix, generator: &mut Sfc64) -> Vec<u16> {
    let (columns, rows) = (radix.index_digits, radix.digits);
    let mut kept = vec![0; columns * rows];
    for row in 0..DRAWN_DIGITS {
        for column in 0..row.min(DRAWN_COLUMNS) {
            let entry = generator.below(u64::from(radix.base)) as u16;
            if row < rows && column < columns {
                kept[column * rows + row] = entry;
            }
        }
    }
    for column in 0..DRAWN_COLUMNS {
        let entry = 1 + generator.below(u64::from(radix.base) - 1) as u16;
        if column < columns {
            kept[column * rows + column] = entry;
        }
    }
    kept
}

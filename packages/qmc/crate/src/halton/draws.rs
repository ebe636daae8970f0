#![forbid(unsafe_code)]
//! The random numbers of the scrambles, drawn as QMCPy draws them.

use super::permuted::DigitMap;
use super::radix::{DRAWN_DIGITS, Radix, primes};
use crate::Sfc64;
use std::ops::{Deref, Range};
use std::rc::Rc;

/// Digits of an index, for QMCPy in every base.
const DRAWN_COLUMNS: usize = 32;

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
        if self.linear { radix.index_digits * radix.weights.len() } else { 0 }
    }

    fn map(self, radix: &Radix) -> usize {
        match self.digits {
            DigitDraw::None => 0,
            DigitDraw::Shift => radix.weights.len(),
            DigitDraw::Permutation => radix.weights.len() * radix.base as usize,
        }
    }

    /// How many numbers are kept of one replication.
    pub fn length(self, dimension: usize) -> usize {
        primes(dimension).into_iter().map(Radix::new).map(|radix| self.matrix(&radix) + self.map(&radix)).sum()
    }

    /// Draws for all replications: all matrices before anything else. `keep(at, numbers)` takes numbers and where they belong,
    /// replication after replication, in each coordinate after coordinate, in each the matrix by columns before the rest.
    pub fn draw(
        self,
        generator: &mut Sfc64,
        dimension: usize,
        replications: usize,
        mut keep: impl FnMut(usize, &[u16]),
    ) {
        let radices: Vec<_> = primes(dimension).into_iter().map(Radix::new).collect();
        let mut at = 0;
        for _ in 0..replications {
            for radix in &radices {
                if self.linear {
                    keep(at, &matrix(radix, generator));
                }
                at += self.matrix(radix) + self.map(radix);
            }
        }
        at = 0;
        for _ in 0..replications {
            for radix in &radices {
                at += self.matrix(radix);
                keep(at, &self.digits.draw(radix, generator));
                at += self.map(radix);
            }
        }
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

impl DigitDraw {
    fn draw(self, radix: &Radix, generator: &mut Sfc64) -> Vec<u16> {
        let kept = radix.weights.len();
        let mut numbers = Vec::new();
        for digit in 0..DRAWN_DIGITS {
            match self {
                Self::None => return numbers,
                Self::Shift => {
                    let shift = generator.below(u64::from(radix.base)) as u16;
                    numbers.extend((digit < kept).then_some(shift));
                }
                Self::Permutation => {
                    let entries = generator.permutation(radix.base);
                    if digit < kept {
                        numbers.extend(entries.into_iter().map(|entry| entry as u16));
                    }
                }
            }
        }
        numbers
    }
}

/// S, a column for each digit of the index: first the entries below the diagonal are drawn, row by row, then the diagonal.
fn matrix(radix: &Radix, generator: &mut Sfc64) -> Vec<u16> {
    let (columns, rows) = (radix.index_digits, radix.weights.len());
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

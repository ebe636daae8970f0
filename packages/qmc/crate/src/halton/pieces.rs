#![forbid(unsafe_code)]
//! The linear matrix scramble by tables of several digits: for many points in small bases.

use super::blocks::Block;
use super::combination::Combination;
use super::permuted::DigitMap;
use super::radix::{Digits, Radix};
use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Range;

/// Pieces at most.
const LANES: usize = 16;
/// Entries of a piece's table at most: all tables fit into a first-level cache, or nearly so.
const ENTRIES: u64 = 1024;

/// Σ π_ℓ(y_ℓ) b^−ℓ with y = S a mod b. S is triangular, so the first k digits y depend on the k low digits of the index alone.
/// The others are cut into pieces. What the low digits contribute to a piece is a place in a table, which is made for every
/// block: there the high digits' contribution is added, and the digits are mapped.
pub(super) struct Pieces {
    radix: Radix,
    low_digits: usize,
    /// The digits of each piece, all of them of Y or of Z.
    pieces: Vec<Range<usize>>,
    /// How many of them are of Y.
    first: usize,
    /// Most digits of a piece.
    width: usize,
    /// For y by digits of a piece and pieces, then the first k digits y.
    combination: Combination,
    y: Vec<u16>,
    /// Y of the first k digits.
    low: Vec<f64>,
    /// Places in `sums`.
    places: Vec<[u16; LANES]>,
    /// The tables: what a piece is in Y or Z.
    sums: Vec<f64>,
    /// What a mapped digit is in Y or Z, for the positions from k on.
    values: Vec<f64>,
}

impl Pieces {
    pub fn new(radix: Radix, columns: &[u16], map: DigitMap, low_digits: usize) -> Result<Self, Refusal> {
        let width = radix.digits_within(ENTRIES);
        let group = |digits: Range<usize>| {
            let end = digits.end;
            digits.step_by(width).map(move |start| start..end.min(start + width))
        };
        let mut pieces: Vec<_> = group(low_digits..radix.first).collect();
        let first = pieces.len();
        pieces.extend(group(radix.first..radix.digits));
        let rows = width * LANES + low_digits;
        let mut matrix = zeroed("scramble", radix.index_digits * rows)?;
        for (column, sorted) in columns.chunks_exact(radix.digits).zip(matrix.chunks_exact_mut(rows)) {
            for (lane, piece) in pieces.iter().enumerate() {
                for (digit, &entry) in column[piece.clone()].iter().enumerate() {
                    sorted[digit * LANES + lane] = entry;
                }
            }
            sorted[width * LANES..].copy_from_slice(&column[..low_digits]);
        }
        let size = radix.power(low_digits) as usize;
        let mut table = Self {
            combination: Combination::new(radix.clone(), &matrix)?,
            y: zeroed("scramble", rows)?,
            low: zeroed("tables", size)?,
            places: zeroed("tables", size)?,
            sums: zeroed("tables", pieces.len() * radix.power(width) as usize)?,
            values: zeroed("tables", (radix.digits - low_digits) * radix.base as usize)?,
            radix,
            low_digits,
            pieces,
            first,
            width,
        };
        table.prepare(&map);
        Ok(table)
    }

    /// What does not depend on the block.
    fn prepare(&mut self, map: &DigitMap) {
        let Self { radix, low_digits: k, width, combination, y, low, places, values, .. } = self;
        let base = radix.base as u16;
        for (position, values) in (*k..).zip(values.chunks_exact_mut(base.into())) {
            for (digit, value) in (0..).zip(values) {
                let Digits { first, second } = radix.value(position, map.map(radix, position, digit));
                *value = first + second; // one of them is 0
            }
        }
        let stride = radix.power(*width) as u16;
        for (index, (low, places)) in (0..).zip(low.iter_mut().zip(places)) {
            if index > 0 {
                combination.step(index - 1, y);
            }
            let (pieces, first) = y.split_at(*width * LANES);
            let mapped = first.iter().enumerate().map(|(position, &y)| map.map(radix, position, u32::from(y)));
            *low = radix.sum(0, mapped).first;
            for digits in pieces.chunks_exact(LANES).rev() {
                for (place, &digit) in places.iter_mut().zip(digits) {
                    *place = *place * base + digit;
                }
            }
            for (lane, place) in places.iter_mut().enumerate() {
                *place += lane as u16 * stride;
            }
        }
    }
}

impl Block for Pieces {
    fn size(&self) -> u64 {
        self.low.len() as u64
    }

    fn enter(&mut self, block: u64) {
        let Self { radix, low_digits: k, pieces, width, combination, y, sums, values, .. } = self;
        combination.at(block, *k, y);
        let base = radix.base as usize;
        let stride = radix.power(*width) as usize;
        for (lane, (piece, sums)) in pieces.iter().zip(sums.chunks_exact_mut(stride)).enumerate() {
            let values = &values[(piece.start - *k) * base..];
            radix.fill_table(&mut sums[..base.pow(piece.len() as u32)], |position, digit| {
                let sum = digit as usize + usize::from(y[position * LANES + lane]);
                values[position * base + if sum < base { sum } else { sum - base }]
            });
        }
    }

    fn fill(&self, low: usize, out: &mut [f64]) {
        let (units, count) = (self.radix.units, self.pieces.len());
        for ((x, &low), places) in out.iter_mut().zip(&self.low[low..]).zip(&self.places[low..]) {
            let (first, second) = places[..count].split_at(self.first);
            let sum = |places: &[u16]| places.iter().map(|&place| self.sums[usize::from(place)]).sum::<f64>();
            *x = units.round(low + sum(first), sum(second));
        }
    }
}

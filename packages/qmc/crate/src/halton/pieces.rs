#![forbid(unsafe_code)]
//! The linear matrix scramble by tables of several digits: for many points in small bases.

use super::Coordinate;
use super::combination::Combination;
use super::draws::Share;
use super::permuted::DigitMap;
use super::radix::{Fixed, Radix};
use gossamer_rust_kit::{Refusal, zeroed};

/// Most pieces, and entries of a table.
const LANES: usize = 16;
const ENTRIES: u64 = 1024;

/// Σ π_ℓ(y_ℓ) b^−ℓ with y = S a mod b. S is triangular, so the first k digits y depend on the k low digits of the index alone.
/// The others are cut into pieces. Within a block, a piece of the low digits' share of y, to which the same high digits'
/// share is added, tells the sum of the piece.
pub(crate) struct Pieces {
    radix: Radix,
    map: DigitMap,
    combination: Combination,
    low_digits: usize,
    /// Digits of a piece.
    width: usize,
    /// How many pieces there are.
    count: usize,
    /// The sums of the first k digits y.
    low: Vec<Fixed>,
    /// The pieces of the low digits' share, as places in `sums`.
    places: Vec<[u16; LANES]>,
    /// The sums of all pieces in this block.
    sums: Vec<Fixed>,
    /// y by digits of a piece and lanes, a piece in each lane.
    digits: Vec<u16>,
}

impl Pieces {
    /// Whether tables serve this base.
    pub fn serves(radix: &Radix) -> bool {
        u64::from(radix.base) <= ENTRIES / 2
    }

    pub fn new(radix: Radix, columns: &Share, map: DigitMap, low_digits: usize) -> Result<Self, Refusal> {
        let rows = radix.weights.len();
        let width = radix.digits_within(ENTRIES);
        let count = (rows - low_digits).div_ceil(width);
        assert!(count <= LANES);
        let mut by_lanes = zeroed("scramble", radix.index_digits * width * LANES)?;
        for (column, laned) in columns.chunks_exact(rows).zip(by_lanes.chunks_exact_mut(width * LANES)) {
            for (row, &entry) in column[low_digits..].iter().enumerate() {
                laned[row % width * LANES + row / width] = entry;
            }
        }
        let combination = Combination::new(radix.clone(), by_lanes)?;
        let size = radix.power(low_digits) as usize;
        let mut pieces = Self {
            low: zeroed("tables", size)?,
            places: zeroed("tables", size)?,
            sums: zeroed("tables", count * radix.power(width) as usize)?,
            digits: zeroed("scramble", width * LANES)?,
            radix,
            map,
            combination,
            low_digits,
            width,
            count,
        };
        pieces.fill_low(columns)?;
        Ok(pieces)
    }

    fn fill_low(&mut self, columns: &[u16]) -> Result<(), Refusal> {
        let Self { radix, map, combination, low_digits, low, places, digits, width, .. } = self;
        let rows = radix.weights.len();
        let mut first = zeroed("scramble", rows * radix.index_digits)?;
        first.copy_from_slice(columns);
        let top = Combination::new(radix.clone(), first)?;
        let mut y = zeroed("scramble", rows)?;
        let stride = radix.power(*width) as u16;
        for index in 0..low.len() {
            if index > 0 {
                combination.step(index as u64 - 1, digits);
                top.step(index as u64 - 1, &mut y);
            }
            let mapped =
                y[..*low_digits].iter().enumerate().map(|(position, &y)| map.map(radix, position, u32::from(y)));
            low[index] = Radix::sum(mapped, &radix.weights);
            let place = &mut places[index];
            for digit in digits.chunks_exact(LANES).rev() {
                for (place, &y) in place.iter_mut().zip(digit) {
                    *place = *place * radix.base as u16 + y;
                }
            }
            for (lane, place) in place.iter_mut().enumerate() {
                *place += lane as u16 * stride;
            }
        }
        Ok(())
    }
}

impl Coordinate for Pieces {
    fn block(&self) -> u64 {
        self.low.len() as u64
    }

    fn enter(&mut self, block: u64) {
        let Self { radix, map, combination, low_digits, width, sums, digits, .. } = self;
        combination.at(block, *low_digits, digits);
        let stride = radix.power(*width) as usize;
        let base = radix.base;
        for (lane, sums) in sums.chunks_exact_mut(stride).enumerate() {
            let first = *low_digits + lane * *width;
            radix.fill_table(sums, |position, digit| {
                let shared = digits[position * LANES + lane];
                let y = (digit + u32::from(shared)) % base;
                if first + position < radix.weights.len() {
                    radix.value(first + position, map.map(radix, first + position, y))
                } else {
                    Fixed::default()
                }
            });
        }
    }

    fn fill(&mut self, low: u64, out: &mut [f64]) {
        let low = low as usize;
        for ((x, &sum), places) in out.iter_mut().zip(&self.low[low..]).zip(&self.places[low..]) {
            let mut sum = sum;
            for &place in &places[..self.count] {
                sum = sum + self.sums[usize::from(place)];
            }
            *x = sum.round();
        }
    }
}

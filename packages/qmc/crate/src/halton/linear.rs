#![forbid(unsafe_code)]
//! The linear matrix scramble, digit by digit: for few points, and for large bases.

use super::Coordinate;
use super::combination::Combination;
use super::permuted::DigitMap;
use super::radix::Radix;
use gossamer_rust_kit::{Refusal, zeroed};

/// Σ π_ℓ(y_ℓ) b^−ℓ with y = S a mod b.
pub(crate) struct Linear {
    radix: Radix,
    combination: Combination,
    map: DigitMap,
    /// y of the index `at`.
    digits: Vec<u16>,
    at: Option<u64>,
}

impl Linear {
    pub fn new(radix: Radix, columns: &[u16], map: DigitMap) -> Result<Self, Refusal> {
        let digits = zeroed("scramble", radix.digits)?;
        Ok(Self { combination: Combination::new(radix.clone(), columns)?, radix, map, digits, at: None })
    }

    fn walk(&mut self, start: u64, out: &mut [f64], map: impl Fn((usize, u32)) -> u32) {
        let Self { radix, combination, digits, at, .. } = self;
        for (x, index) in out.iter_mut().zip(start..) {
            match at {
                Some(last) if *last + 1 == index => combination.step(*last, digits),
                _ => combination.at(index, 0, digits),
            }
            *at = Some(index);
            let sum = radix.sum(0, digits.iter().map(|&y| u32::from(y)).enumerate().map(&map));
            *x = radix.units.round(sum.first, sum.second);
        }
    }
}

impl Coordinate for Linear {
    fn fill(&mut self, start: u64, out: &mut [f64]) {
        let base = self.radix.base;
        match self.map.clone() {
            DigitMap::None => self.walk(start, out, |(_, y)| y),
            DigitMap::Shift(shift) => {
                let shift = &shift[..];
                self.walk(start, out, |(position, y)| (y + u32::from(shift[position])) % base);
            }
            DigitMap::Permutation(entries) => {
                let entries = &entries[..];
                self.walk(start, out, |(position, y)| u32::from(entries[position * base as usize + y as usize]));
            }
        }
    }
}

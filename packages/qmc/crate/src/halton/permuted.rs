#![forbid(unsafe_code)]
//! Digits that are permuted one by one.

use super::blocks::Block;
use super::draws::Share;
use super::radix::{Digits, Radix};
use gossamer_rust_kit::{Refusal, zeroed};

/// What happens to a digit, by its position. Digits beyond those of the index are 0 before.
#[derive(Debug, Clone)]
pub(crate) enum DigitMap {
    /// Nothing.
    None,
    /// y + shift mod b.
    Shift(Share),
    /// π(y): b entries for each position.
    Permutation(Share),
}

impl DigitMap {
    pub fn map(&self, radix: &Radix, position: usize, digit: u32) -> u32 {
        match self {
            Self::None => digit,
            Self::Shift(shift) => {
                let sum = digit + u32::from(shift[position]);
                if sum < radix.base { sum } else { sum - radix.base }
            }
            Self::Permutation(entries) => u32::from(entries[position * radix.base as usize + digit as usize]),
        }
    }
}

/// Σ π_ℓ(a_ℓ) b^−ℓ over the digits a_ℓ of the index.
pub(crate) struct Permuted {
    radix: Radix,
    map: DigitMap,
    low_digits: usize,
    /// The sums of the low digits, in two halves.
    low: [Vec<f64>; 2],
    high: Digits,
    /// The sum of the digits that no index has.
    beyond: Digits,
}

impl Permuted {
    pub fn new(radix: Radix, map: DigitMap, low_digits: usize) -> Result<Self, Refusal> {
        let sums =
            radix.table(low_digits, |position, digit| radix.value(position, map.map(&radix, position, digit)))?;
        let mut low = [zeroed("tables", sums.len())?, zeroed("tables", sums.len())?];
        for (i, sum) in sums.into_iter().enumerate() {
            (low[0][i], low[1][i]) = (sum.first, sum.second);
        }
        let zeros = (radix.index_digits..radix.digits).map(|position| map.map(&radix, position, 0));
        let beyond = radix.sum(radix.index_digits, zeros);
        Ok(Self { radix, map, low_digits, low, high: Digits::default(), beyond })
    }
}

impl Block for Permuted {
    fn size(&self) -> u64 {
        self.low[0].len() as u64
    }

    fn enter(&mut self, block: u64) {
        let Self { radix, map, low_digits: k, .. } = self;
        let digits = radix.index(block).zip(*k..radix.index_digits);
        let mapped = digits.map(|(digit, position)| map.map(radix, position, digit));
        self.high = radix.sum(*k, mapped) + self.beyond;
    }

    fn fill(&self, low: usize, out: &mut [f64]) {
        let (high, units) = (self.high, self.radix.units);
        for ((x, &first), &second) in out.iter_mut().zip(&self.low[0][low..]).zip(&self.low[1][low..]) {
            *x = units.round(first + high.first, second + high.second);
        }
    }
}

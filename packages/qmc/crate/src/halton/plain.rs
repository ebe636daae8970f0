#![forbid(unsafe_code)]
//! The van der Corput sequence as it is.

use super::blocks::Block;
use super::radix::Radix;
use gossamer_rust_kit::Refusal;

/// φ(i) = (reversed digits of i) / b^K: two exact integers below 2^45 and one division, so the nearest double.
pub(crate) struct Plain {
    radix: Radix,
    /// The reversed low digits, times b^(K − k).
    low: Vec<f64>,
    low_digits: usize,
    high: f64,
    denominator: f64,
}

impl Plain {
    pub fn new(radix: Radix, low_digits: usize) -> Result<Self, Refusal> {
        let last = radix.index_digits - 1;
        let low =
            radix.table(low_digits, |position, digit| (u64::from(digit) * radix.power(last - position)) as f64)?;
        let denominator = radix.power(radix.index_digits) as f64;
        Ok(Self { radix, low, low_digits, high: 0.0, denominator })
    }
}

impl Block for Plain {
    fn size(&self) -> u64 {
        self.low.len() as u64
    }

    fn enter(&mut self, block: u64) {
        let base = u64::from(self.radix.base);
        let high = self.radix.index(block).take(self.radix.index_digits - self.low_digits);
        self.high = high.fold(0, |reversed, digit| reversed * base + u64::from(digit)) as f64;
    }

    fn fill(&self, low: usize, out: &mut [f64]) {
        for (x, &numerator) in out.iter_mut().zip(&self.low[low..]) {
            *x = (numerator + self.high) / self.denominator;
        }
    }
}

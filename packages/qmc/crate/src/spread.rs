#![forbid(unsafe_code)]
//! Digital interlacing of points, a byte at a time.

use std::array::from_fn;

/// Digit ℓ of the result is digit ⌊ℓ/α⌋ of part ℓ mod α.
#[derive(Debug)]
pub(crate) struct Spread {
    alpha: usize,
    /// The digits of each byte at distances of α.
    bytes: [u64; 256],
}

impl Spread {
    pub(crate) fn new(alpha: usize) -> Self {
        let digits = (0..8).filter(|q| q * alpha < 64);
        let apart = |byte: usize| digits.clone().map(|q| (byte as u64 >> (7 - q) & 1) << (63 - q * alpha)).sum();
        Self { alpha, bytes: from_fn(apart) }
    }

    /// The digits of part r where they belong.
    pub(crate) fn part(&self, r: usize, mut x: u64) -> u64 {
        let (mut sum, mut at) = (0, r);
        while at < 64 {
            sum |= self.bytes[(x >> 56) as usize] >> at;
            x <<= 8;
            at += 8 * self.alpha;
        }
        sum
    }
}

#![forbid(unsafe_code)]
//! Digital interlacing of points, a byte at a time.

/// Digit ℓ of the result is digit ⌊ℓ/α⌋ of part ℓ mod α.
#[derive(Debug)]
pub(crate) struct Spread {
    alpha: usize,
    /// The digits of each byte at distances of α.
    bytes: Vec<u64>,
}

impl Spread {
    pub(crate) fn new(alpha: usize) -> Self {
        let apart =
            |byte: u64| (0..8).filter(|q| q * alpha < 64).map(|q| (byte >> (7 - q) & 1) << (63 - q * alpha)).sum();
        Self { alpha, bytes: (0..256).map(apart).collect() }
    }

    /// The digits of part r where they belong.
    pub(crate) fn part(&self, r: usize, x: u64) -> u64 {
        let at = (r..64).step_by(8 * self.alpha);
        at.zip(x.to_be_bytes()).map(|(at, byte)| self.bytes[usize::from(byte)] >> at).sum()
    }
}

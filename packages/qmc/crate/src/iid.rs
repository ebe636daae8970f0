#![forbid(unsafe_code)]
//! Independent uniform numbers with random access.

use crate::{Points, SeedSequence, Sfc64};
use std::ops::Range;

/// Independent uniform points, row by row from a seed's generator. The generator knows no short cut to a later draw, so every
/// `stretch` points begin with a seed of their own: what a far index costs is bounded.
#[derive(Debug)]
pub struct Iid {
    seed: SeedSequence,
    replication: u32,
    dimension: usize,
    stretch: u64,
    /// Where the generator is: in which stretch, and before which of its points.
    at: (u64, u64),
    generator: Sfc64,
}

impl Iid {
    /// The first `stretch` points of replication 0 are the seed's own draws.
    ///
    /// # Panics
    /// When a stretch has no points.
    pub fn new(seed: SeedSequence, replication: u32, dimension: usize, stretch: u64) -> Self {
        assert!(stretch > 0);
        let generator = generator(&seed, replication, 0);
        Self { seed, replication, dimension, stretch, at: (0, 0), generator }
    }

    /// Where the last range ended, for [`Self::resume`].
    pub fn state(&self) -> [u64; 6] {
        let [a, b, c, counter] = self.generator.words();
        [a, b, c, counter, self.at.0, self.at.1]
    }

    /// Goes on where the same points were left.
    pub fn resume(&mut self, [a, b, c, counter, stretch, row]: [u64; 6]) {
        self.generator = Sfc64::resume([a, b, c, counter]);
        self.at = (stretch, row);
    }

    fn seek(&mut self, index: u64) {
        let (stretch, row) = (index / self.stretch, index % self.stretch);
        if self.at.0 != stretch || self.at.1 > row {
            self.generator = generator(&self.seed, self.replication, stretch);
            self.at = (stretch, 0);
        }
        self.generator.skip((row - self.at.1) * self.dimension as u64);
        self.at.1 = row;
    }
}

impl Points for Iid {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        let (mut index, mut rest) = (range.start, out);
        while index < range.end {
            self.seek(index);
            let rows = (range.end - index).min(self.stretch - self.at.1);
            let (now, later) = rest.split_at_mut(rows as usize * self.dimension);
            now.fill_with(|| self.generator.uniform());
            self.at.1 += rows;
            (index, rest) = (index + rows, later);
        }
    }
}

/// Sets that are spawned number their children from 0, so these come from the other end.
fn generator(seed: &SeedSequence, replication: u32, stretch: u64) -> Sfc64 {
    if (replication, stretch) == (0, 0) {
        Sfc64::new(seed)
    } else {
        Sfc64::new(&seed.child(u32::MAX - replication).child(stretch as u32))
    }
}

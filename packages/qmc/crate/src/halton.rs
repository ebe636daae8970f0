#![forbid(unsafe_code)]
//! The Halton sequence and its randomisations: coordinate j of point i mirrors the digits of i in the j-th prime base.

mod blocks;
mod combination;
mod draws;
mod linear;
mod owen;
mod permuted;
mod pieces;
mod plain;
mod radix;
mod tree;

pub use draws::{DigitDraw, ScrambleDraw};

use crate::{Points, SeedSequence, Sfc64};
use blocks::Blocks;
use gossamer_rust_kit::{Refusal, zeroed};
use linear::Linear;
use owen::Owen;
use permuted::Permuted;
use pieces::Pieces;
use plain::Plain;
use radix::{MAX_DIMENSION, Radix, primes};
use std::ops::Range;
use tree::Tree;

/// One coordinate of all points.
trait Coordinate {
    /// The points from `start` on.
    fn fill(&mut self, start: u64, out: &mut [f64]);
}

/// Halton points, randomised or not. A coordinate is a function of the digits of its index: the same bits in every range.
pub struct Halton {
    coordinates: Vec<Box<dyn Coordinate>>,
    /// Points by coordinate, before they are transposed.
    tile: Vec<f64>,
    rows: usize,
}

/// Points by coordinate fit into a first-level cache, unless the rows would be too few to be worth a start.
const TILE: usize = 2048;
const MIN_ROWS: usize = 64;
/// Points per block at most: the tables of a few coordinates fit into a second-level cache.
const BLOCK: u64 = 4096;
/// From how many points on, and up to which base, tables pay for a linear scramble.
const MANY: u64 = 2048;
const SMALL: u32 = 512;
/// More words than a coordinate has but for its tables.
const SMALL_PARTS: usize = 512;

impl Halton {
    /// How many points there are.
    pub const SIZE: u64 = 1 << 32;
    /// The largest dimension.
    pub const MAX_DIMENSION: usize = MAX_DIMENSION;

    /// The sequence as it is. `count` is how many points will be asked for, more or less.
    pub fn plain(dimension: usize, count: u64) -> Result<Self, Refusal> {
        Self::new(dimension, |radix| {
            let low_digits = radix.digits_within(BLOCK.min(count));
            Ok(Box::new(Blocks::new(Plain::new(radix, low_digits)?)))
        })
    }

    /// Randomised by one replication's draws.
    ///
    /// # Panics
    /// When `drawn` is not what `draw` fills.
    pub fn scrambled(dimension: usize, count: u64, draw: ScrambleDraw, drawn: Vec<u16>) -> Result<Self, Refusal> {
        assert!(drawn.len() == draw.length(dimension));
        let mut shares = draw.shares(drawn);
        Self::new(dimension, |radix| {
            let (columns, map) = shares(&radix);
            let low_digits = radix.digits_within(BLOCK.min(count));
            Ok(if !draw.linear {
                Box::new(Blocks::new(Permuted::new(radix, map, low_digits)?))
            } else if count < MANY || radix.base > SMALL {
                Box::new(Linear::new(radix, &columns, map)?)
            } else {
                Box::new(Blocks::new(Pieces::new(radix, &columns, map, low_digits)?))
            })
        })
    }

    /// Nested uniform scrambling, one replication of it.
    pub fn owen(dimension: usize, count: u64, seed: &SeedSequence, replication: u32) -> Result<Self, Refusal> {
        let mut keys = Sfc64::new(seed);
        for _ in 0..u64::from(replication) * dimension as u64 {
            keys.next_u64();
        }
        Self::new(dimension, |radix| Ok(Box::new(Blocks::new(Owen::new(radix, keys.next_u64(), count)?))))
    }

    /// Nested uniform scrambling as QMCPy does it from the first point on, by draws from children of the seed. `end` is after
    /// the last point that will be asked for, and points are asked for in order.
    pub fn tree(dimension: usize, end: u64, seed: &SeedSequence, mut child: u32) -> Result<Self, Refusal> {
        Self::new(dimension, |radix| {
            let generator = Sfc64::new(&seed.child(child));
            child = child.wrapping_add(1);
            Ok(Box::new(Tree::new(radix, generator, end)?))
        })
    }

    fn new(
        dimension: usize,
        mut coordinate: impl FnMut(Radix) -> Result<Box<dyn Coordinate>, Refusal>,
    ) -> Result<Self, Refusal> {
        assert!(0 < dimension && dimension <= MAX_DIMENSION);
        drop(zeroed::<u64>("coordinates", SMALL_PARTS * dimension)?); // refused here, because they are not one by one
        let mut coordinates = Vec::new();
        for base in primes(dimension) {
            coordinates.push(coordinate(Radix::new(base))?);
        }
        let rows = (TILE / dimension).max(MIN_ROWS);
        Ok(Self { coordinates, tile: zeroed("tile", rows * dimension)?, rows })
    }
}

impl Points for Halton {
    fn dimension(&self) -> usize {
        self.coordinates.len()
    }

    /// # Panics
    /// When `out` has another length, or an index is over the last.
    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        let d = self.dimension();
        assert!(range.end <= Self::SIZE);
        assert!(out.len() as u64 == (range.end - range.start) * d as u64);
        let mut start = range.start;
        for out in out.chunks_mut(self.rows * d) {
            let rows = out.len() / d;
            for (coordinate, column) in self.coordinates.iter_mut().zip(self.tile.chunks_exact_mut(self.rows)) {
                coordinate.fill(start, &mut column[..rows]);
            }
            transpose(&self.tile, self.rows, out, d);
            start += rows as u64;
        }
    }
}

/// out[r·d + j] = tile[j·rows + r]
fn transpose(tile: &[f64], rows: usize, out: &mut [f64], d: usize) {
    for (j, column) in tile.chunks_exact(rows).enumerate() {
        for (row, &x) in out.chunks_exact_mut(d).zip(column) {
            row[j] = x;
        }
    }
}

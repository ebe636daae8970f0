#![forbid(unsafe_code)]
//! The Halton sequence and its randomisations: coordinate j of point i mirrors the digits of i in the j-th prime base.

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
use gossamer_rust_kit::{Refusal, zeroed};
use linear::Linear;
use owen::Owen;
use permuted::Permuted;
use pieces::Pieces;
use plain::Plain;
use radix::{MAX_DIMENSION, Radix, primes};
use std::ops::Range;
use tree::Tree;

/// One coordinate of all points. A block of points shares all digits of the index but the lowest.
trait Coordinate {
    /// How many points a block has.
    fn block(&self) -> u64;

    /// Goes to a block.
    fn enter(&mut self, block: u64);

    /// The points of the block that was entered, from `low` on.
    fn fill(&mut self, low: u64, out: &mut [f64]);
}

/// Halton points, randomised or not. A coordinate is a function of the digits of its index: the same bits in every range.
pub struct Halton {
    coordinates: Vec<(Option<u64>, Box<dyn Coordinate>)>,
    /// Points by coordinate, before they are transposed.
    tile: Vec<f64>,
    rows: usize,
}

/// Points by coordinate fit into a first-level cache, unless that would make the rows too few.
const TILE: usize = 2048;
const MIN_ROWS: usize = 16;
/// Points per block at most, so that the tables of a few dimensions stay in a second-level cache.
const BLOCK: u64 = 4096;

impl Halton {
    /// How many points there are.
    pub const SIZE: u64 = 1 << 32;
    /// The largest dimension.
    pub const MAX_DIMENSION: usize = MAX_DIMENSION;

    /// The sequence as it is. `count` is how many points will be asked for, more or less.
    pub fn plain(dimension: usize, count: u64) -> Result<Self, Refusal> {
        Self::new(dimension, |radix| {
            let low_digits = radix.digits_within(BLOCK.min(count));
            Ok(Box::new(Plain::new(radix, low_digits)?))
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
            if draw.linear {
                if count >= 2048 && Pieces::serves(&radix) {
                    let low_digits = radix.digits_within(BLOCK.min(count));
                    return Ok(Box::new(Pieces::new(radix, &columns, map, low_digits)?));
                }
                return Ok(Box::new(Linear::new(radix, columns.to_vec(), map)?));
            }
            let low_digits = radix.digits_within(BLOCK.min(count));
            Ok(Box::new(Permuted::new(radix, map, low_digits)?))
        })
    }

    /// Nested uniform scrambling, one replication of it.
    pub fn owen(dimension: usize, count: u64, seed: &SeedSequence, replication: u32) -> Result<Self, Refusal> {
        let mut keys = Sfc64::new(seed);
        for _ in 0..u64::from(replication) * dimension as u64 {
            keys.next_u64();
        }
        Self::new(dimension, |radix| Ok(Box::new(Owen::new(radix, keys.next_u64(), count)?)))
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
        let mut coordinates = Vec::new();
        for base in primes(dimension) {
            coordinates.push((None, coordinate(Radix::new(base))?));
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
            for ((entered, coordinate), column) in
                self.coordinates.iter_mut().zip(self.tile.chunks_exact_mut(self.rows))
            {
                walk(entered, coordinate.as_mut(), start, &mut column[..rows]);
            }
            transpose(&self.tile, self.rows, out, d);
            start += rows as u64;
        }
    }
}

/// One coordinate of consecutive points, block by block.
fn walk(entered: &mut Option<u64>, coordinate: &mut dyn Coordinate, start: u64, out: &mut [f64]) {
    let size = coordinate.block();
    let (mut block, mut low) = (start / size, start % size);
    let mut rest = out;
    while !rest.is_empty() {
        if *entered != Some(block) {
            coordinate.enter(block);
            *entered = Some(block);
        }
        let (part, next) = rest.split_at_mut((rest.len() as u64).min(size - low) as usize);
        coordinate.fill(low, part);
        (block, low, rest) = (block + 1, 0, next);
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

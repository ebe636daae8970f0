//! A run: the points of one range, block by block, through memory that the run owns.

use super::block::Block;
use crate::Points;
use gossamer_rust_kit::{Blocks, Refusal};
use std::ops::Range;
use wasm_bindgen::prelude::*;

/// The points of one range, a block at a time.
#[wasm_bindgen]
pub struct PointRun {
    source: Box<dyn Points>,
    blocks: Blocks,
    points: Block<f64>,
    singles: Option<Block<f32>>,
}

#[wasm_bindgen]
impl PointRun {
    /// Makes the next block; its number of coordinates, 0 after the last one.
    pub fn next(&mut self) -> usize {
        let Some(block) = self.blocks.next() else { return 0 };
        let length = (block.end - block.start) as usize * self.source.dimension();
        match &mut self.singles {
            Some(singles) => {
                self.source.fill_f32(block, &mut self.points.values()[..length], &mut singles.values()[..length]);
            }
            None => self.source.fill(block, &mut self.points.values()[..length]),
        }
        length
    }

    /// Where the block lies, as a byte offset into the memory: f32 or f64.
    pub fn points(&self) -> usize {
        match &self.singles {
            Some(singles) => singles.address(),
            None => self.points.address(),
        }
    }
}

impl PointRun {
    /// The points of `range`, in f32 when `single`.
    pub(super) fn new(source: Box<dyn Points>, range: Range<u64>, single: bool) -> Result<Self, Refusal> {
        let dimension = source.dimension();
        let rows = rows(&*source, range.end - range.start);
        let length = rows * dimension;
        let singles = if single { Some(Block::new("points", length)?) } else { None };
        Ok(Self { source, blocks: Blocks::new(range, rows as u64), points: Block::new("points", length)?, singles })
    }
}

/// Points per block, for a range of so many.
pub(super) fn rows(source: &dyn Points, count: u64) -> usize {
    let dimension = source.dimension();
    ((source.block(count.saturating_mul(dimension as u64)) / dimension).max(1) as u64).min(count) as usize
}

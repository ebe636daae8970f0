#![forbid(unsafe_code)]
//! Points in blocks that share all digits of the index but the lowest.

use super::Coordinate;

/// One coordinate of the points of a block, whichever block it is.
pub(super) trait Block {
    /// How many points a block has.
    fn size(&self) -> u64;

    /// Goes to a block.
    fn enter(&mut self, block: u64);

    /// The points of the block from `low` on.
    fn fill(&self, low: usize, out: &mut [f64]);
}

/// All blocks, one at a time.
pub(super) struct Blocks<B> {
    block: B,
    entered: Option<u64>,
}

impl<B> Blocks<B> {
    pub fn new(block: B) -> Self {
        Self { block, entered: None }
    }
}

impl<B: Block> Coordinate for Blocks<B> {
    fn fill(&mut self, start: u64, out: &mut [f64]) {
        let size = self.block.size();
        let (mut number, mut low) = (start / size, start % size);
        let mut rest = out;
        while !rest.is_empty() {
            if self.entered != Some(number) {
                self.block.enter(number);
                self.entered = Some(number);
            }
            let (part, next) = rest.split_at_mut((rest.len() as u64).min(size - low) as usize);
            self.block.fill(low as usize, part);
            (number, low, rest) = (number + 1, 0, next);
        }
    }
}

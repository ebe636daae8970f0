//! The edge to JavaScript: arrays come in once per run, points go out a block at a time through memory that the run owns.

use crate::{Lattice, Order};
use gossamer_rust_kit::{Blocks, Refusal, zeroed};
use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// Coordinates per block: 128 kB stay in a second-level cache, and a block takes far less than a millisecond.
const BLOCK: usize = 1 << 14;

/// The points of one range, a block at a time.
#[wasm_bindgen]
pub struct LatticeRun {
    lattice: Lattice,
    blocks: Blocks,
    points: Vec<f64>,
}

#[wasm_bindgen]
impl LatticeRun {
    /// Points start..end in radical inverse order, or in Gray code order.
    pub fn digits(
        gray: bool,
        vector: &Uint32Array,
        shift: &Float64Array,
        start: f64,
        end: f64,
    ) -> Result<Self, JsValue> {
        let order = if gray { Order::Gray } else { Order::RadicalInverse };
        Ok(Self::new(order, vector, shift, start, end)?)
    }

    /// Points start..end of the lattice of `size` points, in linear order.
    pub fn linear(
        size: f64,
        vector: &Uint32Array,
        shift: &Float64Array,
        start: f64,
        end: f64,
    ) -> Result<Self, JsValue> {
        Ok(Self::new(Order::Linear { size: size as u64 }, vector, shift, start, end)?)
    }

    /// Makes the next block; its number of coordinates, 0 after the last one.
    pub fn next(&mut self) -> usize {
        let Some(block) = self.blocks.next() else { return 0 };
        let length = (block.end - block.start) as usize * self.lattice.dimension();
        self.lattice.fill(block, &mut self.points[..length]);
        length
    }

    /// Where the block lies, as a byte offset into the memory.
    pub fn points(&self) -> *const f64 {
        self.points.as_ptr()
    }
}

impl LatticeRun {
    fn new(order: Order, g: &Uint32Array, delta: &Float64Array, start: f64, end: f64) -> Result<Self, Refusal> {
        let dimension = g.length() as usize;
        let mut vector = zeroed("vector", dimension)?;
        g.copy_to(&mut vector);
        let mut shift = zeroed("shift", dimension)?;
        delta.copy_to(&mut shift);
        let range = start as u64..end as u64;
        let rows = ((BLOCK / dimension).max(1) as u64).min(range.end - range.start);
        Ok(Self {
            lattice: Lattice::new(vector, shift, order)?,
            blocks: Blocks::new(range, rows),
            points: zeroed("points", rows as usize * dimension)?,
        })
    }
}

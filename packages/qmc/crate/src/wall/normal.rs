//! Normal quantiles of a block of numbers, in place.

use super::block::Block;
use crate::inverse_cdf_all;
use wasm_bindgen::prelude::*;

/// A block of numbers that lies in the core's memory while it is worked on.
#[wasm_bindgen]
pub struct NormalBlock(Block);

#[wasm_bindgen]
impl NormalBlock {
    /// Room for `length` numbers.
    #[wasm_bindgen(constructor)]
    pub fn new(length: usize) -> Result<Self, JsValue> {
        Ok(Self(Block::new(length)?))
    }

    /// Where the block lies, as a byte offset into the memory.
    pub fn address(&self) -> usize {
        self.0.address()
    }

    /// Φ⁻¹ of the first `length` numbers.
    #[wasm_bindgen(js_name = inverseCdf)]
    pub fn inverse_cdf(&mut self, length: usize) {
        inverse_cdf_all(&mut self.0.values()[..length]);
    }
}

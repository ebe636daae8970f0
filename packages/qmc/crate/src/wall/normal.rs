//! Normal quantiles of a block of numbers, in place.

use crate::inverse_cdf_all;
use gossamer_rust_kit::zeroed;
use wasm_bindgen::prelude::*;

/// A block of numbers that lies in the core's memory while it is worked on.
#[wasm_bindgen]
pub struct NormalBlock {
    values: Vec<f64>,
}

#[wasm_bindgen]
impl NormalBlock {
    /// Room for `length` numbers.
    #[wasm_bindgen(constructor)]
    pub fn new(length: usize) -> Result<Self, JsValue> {
        Ok(Self { values: zeroed("block", length)? })
    }

    /// Where the block lies, as a byte offset into the memory.
    pub fn values(&self) -> usize {
        self.values.as_ptr() as usize
    }

    /// Φ⁻¹ of the first `length` numbers.
    #[wasm_bindgen(js_name = inverseCdf)]
    pub fn inverse_cdf(&mut self, length: usize) {
        inverse_cdf_all(&mut self.values[..length]);
    }
}

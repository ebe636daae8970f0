//! The edge to JavaScript: arrays are copied in, once per call.

use gossamer_rust_kit::{Refusal, zeroed};
use js_sys::Float32Array;
use wasm_bindgen::prelude::*;

/// Σ x\[i\]·y\[i\]; the lengths are equal.
#[wasm_bindgen]
pub fn dot(x: &Float32Array, y: &Float32Array) -> Result<f32, JsValue> {
    Ok(crate::dot::dot(&copy("x", x)?, &copy("y", y)?))
}

fn copy(name: &str, array: &Float32Array) -> Result<Vec<f32>, Refusal> {
    let mut items = zeroed(name, array.length() as usize)?;
    array.copy_to(&mut items);
    Ok(items)
}

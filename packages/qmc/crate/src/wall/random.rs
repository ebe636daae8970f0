//! Draws of NumPy's generator.

use crate::{SeedSequence, Sfc64};
use gossamer_rust_kit::zeroed;
use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// A seed as JavaScript hands it over: the words of its entropy, low word first, and of its spawn key.
pub(super) fn seed_of(words: &Uint32Array) -> SeedSequence {
    SeedSequence::new(words.to_vec())
}

/// Fills `out` with the seed's first doubles in [0, 1).
#[wasm_bindgen(js_name = fillUniform)]
pub fn fill_uniform(seed: &Uint32Array, out: &Float64Array) -> Result<(), JsValue> {
    let mut generator = Sfc64::new(&seed_of(seed));
    let mut draws = zeroed("uniforms", out.length() as usize)?;
    draws.fill_with(|| generator.uniform());
    out.copy_from(&draws);
    Ok(())
}

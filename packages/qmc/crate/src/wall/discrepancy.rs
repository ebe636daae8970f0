//! Discrepancies, some pieces per call.

use crate::{Discrepancy, Kind, updated};
use gossamer_rust_kit::zeroed;
use js_sys::Float64Array;
use wasm_bindgen::prelude::*;

/// As JavaScript numbers them.
const KINDS: [Kind; 4] = [Kind::Centered, Kind::WrapAround, Kind::Mixture, Kind::Star];

/// A discrepancy that is being computed.
#[wasm_bindgen]
pub struct DiscrepancyRun(Discrepancy);

#[wasm_bindgen]
impl DiscrepancyRun {
    /// `points` are (n, d).
    #[wasm_bindgen(constructor)]
    pub fn new(kind: u8, points: &Float64Array, dimension: usize) -> Result<Self, JsValue> {
        Ok(Self(Discrepancy::new(KINDS[usize::from(kind)], &copy(points)?, dimension)?))
    }

    /// A good part of a millisecond's work; whether something is left.
    pub fn next(&mut self) -> bool {
        (0..16).all(|_| self.0.advance())
    }

    /// The part that is done, from 0 to 1.
    pub fn progress(&self) -> f64 {
        self.0.progress()
    }

    /// The squared discrepancy, at the end.
    pub fn value(&self) -> f64 {
        self.0.value()
    }
}

/// The squared discrepancy once `point` has joined `points`, whose own is `value`.
#[wasm_bindgen(js_name = updatedDiscrepancy)]
pub fn updated_discrepancy(kind: u8, points: &Float64Array, point: &Float64Array, value: f64) -> Result<f64, JsValue> {
    Ok(updated(KINDS[usize::from(kind)], &copy(points)?, &copy(point)?, value))
}

fn copy(points: &Float64Array) -> Result<Vec<f64>, JsValue> {
    let mut x = zeroed("points", points.length() as usize)?;
    points.copy_to(&mut x);
    Ok(x)
}

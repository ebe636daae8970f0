//! Lattice points.

use super::run::PointRun;
use crate::{Lattice, Order};
use gossamer_rust_kit::zeroed;
use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// Points start..end of a lattice: in radical inverse order, in Gray code order, or, with a `size`, in linear order.
#[wasm_bindgen(js_name = latticeRun)]
pub fn lattice_run(
    vector: &Uint32Array,
    shift: &Float64Array,
    gray: bool,
    size: Option<f64>,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    let order = match size {
        Some(size) => Order::Linear { size: size as u64 },
        None if gray => Order::Gray,
        None => Order::RadicalInverse,
    };
    let dimension = vector.length() as usize;
    let mut g = zeroed("vector", dimension)?;
    vector.copy_to(&mut g);
    let mut delta = zeroed("shift", dimension)?;
    shift.copy_to(&mut delta);
    let lattice = Lattice::new(&g, &delta, order)?;
    Ok(PointRun::new(Box::new(lattice), start as u64..end as u64, single)?)
}

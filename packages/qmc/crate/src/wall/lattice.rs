//! Lattice points.

use super::random::seed_of;
use super::run::PointRun;
use crate::{Lattice, Order, Sfc64, korobov_multiplier, random_vector};
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

/// Draws from a seed: with `bits`, one random vector after another into `vectors`; then doubles in [0, 1) into `shift`.
#[wasm_bindgen(js_name = drawLattice)]
pub fn draw_lattice(
    seed: &Uint32Array,
    dimension: usize,
    bits: Option<u32>,
    vectors: &Uint32Array,
    shift: &Float64Array,
) -> Result<(), JsValue> {
    let mut generator = Sfc64::new(&seed_of(seed));
    if let Some(bits) = bits {
        let mut drawn = zeroed("vector", vectors.length() as usize)?;
        drawn.chunks_exact_mut(dimension).for_each(|vector| random_vector(&mut generator, bits, vector));
        vectors.copy_from(&drawn);
    }
    let mut draws = zeroed("shift", shift.length() as usize)?;
    draws.fill_with(|| generator.uniform());
    shift.copy_from(&draws);
    Ok(())
}

/// The best multiplier of a Korobov lattice.
#[wasm_bindgen(js_name = korobovMultiplier)]
pub fn search_korobov(size: u32, dimension: usize) -> Result<u32, JsValue> {
    Ok(korobov_multiplier(size, dimension)?)
}

//! Halton points.

use super::random::seed_of;
use super::run::PointRun;
use crate::{DigitDraw, Halton, ScrambleDraw, Sfc64};
use gossamer_rust_kit::zeroed;
use js_sys::{Uint16Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// What is drawn for each digit, as a number.
fn scramble(linear: bool, digits: u32) -> ScrambleDraw {
    let digits = match digits {
        0 => DigitDraw::None,
        1 => DigitDraw::Shift,
        _ => DigitDraw::Permutation,
    };
    ScrambleDraw { linear, digits }
}

/// How many numbers a scramble keeps of one replication. `digits` is 0 for nothing, 1 for a shift, 2 for permutations.
#[wasm_bindgen(js_name = haltonDrawLength)]
pub fn halton_draw_length(dimension: usize, linear: bool, digits: u32) -> usize {
    scramble(linear, digits).length(dimension)
}

/// Draws a scramble for all replications: (R, length).
#[wasm_bindgen(js_name = haltonDraw)]
pub fn halton_draw(
    seed: &Uint32Array,
    dimension: usize,
    linear: bool,
    digits: u32,
    replications: u32,
    out: &Uint16Array,
) -> Result<(), JsValue> {
    let keep = |at: usize, numbers: &[u16]| {
        let at = at as u32;
        out.subarray(at, at + numbers.len() as u32).copy_from(numbers);
    };
    let mut generator = Sfc64::new(&seed_of(seed));
    Ok(scramble(linear, digits).draw(&mut generator, dimension, replications as usize, keep)?)
}

/// Points start..end, scrambled by one replication's draws, or as they are if nothing was drawn.
#[wasm_bindgen(js_name = haltonRun)]
pub fn halton_run(
    dimension: usize,
    linear: bool,
    digits: u32,
    drawn: &Uint16Array,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    let draw = scramble(linear, digits);
    let count = (end - start) as u64;
    let halton = if drawn.length() == 0 {
        Halton::plain(dimension, count)?
    } else {
        let mut numbers = zeroed("scramble", drawn.length() as usize)?;
        drawn.copy_to(&mut numbers);
        Halton::scrambled(dimension, count, draw, numbers)?
    };
    run(halton, start, end, single)
}

/// Points start..end under one replication of nested scrambling.
#[wasm_bindgen(js_name = haltonOwenRun)]
pub fn halton_owen_run(
    dimension: usize,
    seed: &Uint32Array,
    replication: u32,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    let halton = Halton::owen(dimension, (end - start) as u64, &seed_of(seed), replication)?;
    run(halton, start, end, single)
}

/// The same with QMCPy's trees, which draw from the children `child`, `child` + 1, … of the seed.
#[wasm_bindgen(js_name = haltonTreeRun)]
pub fn halton_tree_run(
    dimension: usize,
    seed: &Uint32Array,
    child: u32,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    run(Halton::tree(dimension, end as u64, &seed_of(seed), child)?, start, end, single)
}

fn run(halton: Halton, start: f64, end: f64, single: bool) -> Result<PointRun, JsValue> {
    Ok(PointRun::new(Box::new(halton), start as u64..end as u64, single)?)
}

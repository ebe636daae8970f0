//! Point sets without structure from one point to the next: Latin hypercubes and independent points.

use super::random::seed_of;
use super::run::{PointRun, rows};
use crate::{Iid, LatinHypercube, Points};
use gossamer_rust_kit::zeroed;
use js_sys::{BigUint64Array, Float64Array, Uint32Array};
use std::ops::Range;
use wasm_bindgen::prelude::*;

/// Latin hypercubes of n = `size` points, column by column: `columns` is (R, d, n).
#[wasm_bindgen(js_name = fillHypercubes)]
pub fn fill_hypercubes(seed: &Uint32Array, size: u32, centered: bool, columns: &Float64Array) -> Result<(), JsValue> {
    let count = columns.length() / size;
    let mut cube = LatinHypercube::new(&seed_of(seed), u64::from(count), size, centered)?;
    let mut column = zeroed("size", size as usize)?;
    for at in 0..count {
        cube.next_column(&mut column);
        columns.subarray(at * size, (at + 1) * size).copy_from(&column);
    }
    Ok(())
}

/// Points start..end of columns that JavaScript holds: (d, n).
#[wasm_bindgen(js_name = columnRun)]
pub fn column_run(
    columns: Float64Array,
    dimension: usize,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    let mut source = Columns { columns, dimension, scratch: Vec::new() };
    source.scratch = zeroed("points", rows(&source, (end - start) as u64))?;
    Ok(PointRun::new(Box::new(source), start as u64..end as u64, single)?)
}

struct Columns {
    columns: Float64Array,
    dimension: usize,
    /// A block of one column.
    scratch: Vec<f64>,
}

impl Points for Columns {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        let size = self.columns.length() / self.dimension as u32;
        let (start, end) = (range.start as u32, range.end as u32);
        let part = &mut self.scratch[..(end - start) as usize];
        for j in 0..self.dimension {
            let column = j as u32 * size;
            self.columns.subarray(column + start, column + end).copy_to(part);
            for (x, &value) in out[j..].iter_mut().step_by(self.dimension).zip(part.iter()) {
                *x = value;
            }
        }
    }
}

/// Points start..end of one replication. `cursor` is where its last run ended, six words that this one rewrites, or zeros.
#[wasm_bindgen(js_name = iidRun)]
#[allow(clippy::too_many_arguments)]
pub fn iid_run(
    seed: &Uint32Array,
    replication: u32,
    dimension: usize,
    stretch: f64,
    cursor: BigUint64Array,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    let mut iid = Iid::new(seed_of(seed), replication, dimension, stretch as u64);
    let mut state = [0; 6];
    cursor.copy_to(&mut state);
    if state != [0; 6] {
        iid.resume(state);
    }
    Ok(PointRun::new(Box::new(Streaming { iid, cursor }), start as u64..end as u64, single)?)
}

struct Streaming {
    iid: Iid,
    cursor: BigUint64Array,
}

impl Points for Streaming {
    fn dimension(&self) -> usize {
        self.iid.dimension()
    }

    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        self.iid.fill(range, out);
        self.cursor.copy_from(&self.iid.state());
    }
}

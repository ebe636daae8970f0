//! Digital nets: matrices in, randomised matrices and points out.

use super::block::Block;
use super::random::seed_of;
use super::run::{PointRun, rows};
use crate::{Fractions, Net, Sfc64, SobolMatrices, gray_code_order, interlace, linear_scramble, scrambled_bits};
use gossamer_rust_kit::{Blocks, Refusal, zeroed};
use js_sys::{BigUint64Array, Uint8Array, Uint32Array};
use std::ops::Range;
use wasm_bindgen::prelude::*;

/// Points start..end of a net: `columns` is (m, d), `shift` has d elements.
#[wasm_bindgen(js_name = netRun)]
pub fn net_run(
    columns: &BigUint64Array,
    shift: &BigUint64Array,
    start: f64,
    end: f64,
    single: bool,
) -> Result<PointRun, JsValue> {
    Ok(PointRun::new(Box::new(net(columns, shift)?), start as u64..end as u64, single)?)
}

fn net(columns: &BigUint64Array, shift: &BigUint64Array) -> Result<Net, Refusal> {
    Net::new(copied("columns", columns)?, copied("shift", shift)?)
}

pub(super) fn copied(what: &str, array: &BigUint64Array) -> Result<Vec<u64>, Refusal> {
    let mut words = zeroed(what, array.length() as usize)?;
    array.copy_to(&mut words);
    Ok(words)
}

/// The points of one range as integers, a block at a time.
#[wasm_bindgen]
pub struct IntegerRun {
    source: Box<dyn Fractions>,
    blocks: Blocks,
    points: Block<u64>,
}

#[wasm_bindgen]
impl IntegerRun {
    /// Points start..end of a net, as in [`net_run`].
    #[wasm_bindgen(constructor)]
    pub fn new(columns: &BigUint64Array, shift: &BigUint64Array, start: f64, end: f64) -> Result<IntegerRun, JsValue> {
        Ok(Self::over(Box::new(net(columns, shift)?), start as u64..end as u64)?)
    }

    /// Makes the next block; its number of coordinates, 0 after the last one.
    pub fn next(&mut self) -> usize {
        let Some(block) = self.blocks.next() else { return 0 };
        let length = (block.end - block.start) as usize * self.source.dimension();
        self.source.fill_u64(block, &mut self.points.values()[..length]);
        length
    }

    /// Where the block lies, as a byte offset into the memory.
    pub fn points(&self) -> usize {
        self.points.address()
    }
}

impl IntegerRun {
    /// The points of `range`.
    pub(super) fn over(source: Box<dyn Fractions>, range: Range<u64>) -> Result<Self, Refusal> {
        let rows = rows(&*source, range.end - range.start);
        let points = Block::new("points", rows * source.dimension())?;
        Ok(Self { source, blocks: Blocks::new(range, rows as u64), points })
    }
}

/// Fills `out` with the matrices of Sobol' points: (32, dimension). `more` holds the numbers of the dimensions over 1,024.
#[wasm_bindgen(js_name = sobolMatrices)]
pub fn sobol_matrices(dimension: usize, more: &Uint8Array, out: &BigUint64Array) -> Result<(), JsValue> {
    let mut bytes = zeroed("directions", more.length() as usize)?;
    more.copy_to(&mut bytes);
    out.copy_from(&SobolMatrices::columns(dimension, &bytes)?);
    Ok(())
}

/// Randomises the matrices (m, α·d) of `bits` digits: a linear scramble per replication if `lms`, digital interlacing, a digital
/// shift per replication if `ds`, and Gray code order if `gray`. `columns` receives (R or 1, m, d), `shift` (R, d).
#[wasm_bindgen(js_name = randomiseNet)]
#[allow(clippy::too_many_arguments)]
pub fn randomise_net(
    matrices: &BigUint64Array,
    alpha: usize,
    bits: u32,
    seed: &Uint32Array,
    lms: bool,
    ds: bool,
    gray: bool,
    replications: u32,
    columns: &BigUint64Array,
    shift: &BigUint64Array,
) -> Result<(), JsValue> {
    let dimension = (shift.length() / replications) as usize;
    let mut generator = Sfc64::new(&seed_of(seed));
    let digits = scrambled_bits(bits);
    let sets = if lms { replications } else { 1 };
    let length = columns.length() / sets;
    for set in 0..sets {
        let mut randomised = copied("matrices", matrices)?;
        if lms {
            linear_scramble(&mut randomised, alpha * dimension, bits, digits, || generator.bits(bits));
        }
        if alpha > 1 {
            randomised = interlace(&randomised, alpha, digits)?;
        }
        if gray {
            gray_code_order(&mut randomised, dimension);
        }
        columns.subarray(set * length, (set + 1) * length).copy_from(&randomised);
    }
    let mut drawn = zeroed("shift", shift.length() as usize)?;
    if ds {
        drawn.fill_with(|| generator.bits(digits) << (64 - digits));
    }
    shift.copy_from(&drawn);
    Ok(())
}

//! Nets with a nested uniform scramble.

use super::net::{IntegerRun, copied};
use super::random::seed_of;
use super::run::PointRun;
use crate::{Fractions, OwenNet, OwenTreeNet};
use js_sys::{BigUint64Array, Uint32Array};
use std::ops::Range;
use wasm_bindgen::prelude::*;

/// A range of scrambled points before it is known in which form they are wanted.
#[wasm_bindgen]
pub struct Scrambled {
    source: Box<dyn Fractions>,
    range: Range<u64>,
}

/// The child of a seed whose children key the replications: no spawning gets that far.
const KEYS: u32 = u32::MAX;

#[wasm_bindgen]
impl Scrambled {
    /// Points start..end of the net `matrices`, (m, α·dimension), with the keyed scramble of a replication.
    pub fn keyed(
        matrices: &BigUint64Array,
        dimension: usize,
        alpha: usize,
        seed: &Uint32Array,
        replication: u32,
        start: f64,
        end: f64,
    ) -> Result<Scrambled, JsValue> {
        let range = start as u64..end as u64;
        let seed = seed_of(seed).child(KEYS).child(replication);
        let net = OwenNet::new(copied("matrices", matrices)?, dimension, alpha, &seed, range.end - range.start)?;
        Ok(Self { source: Box::new(net), range })
    }

    /// The same with QMCPy's trees, for matrices of `bits` digits. They draw from children `first`, `first` + 1, … of the seed.
    #[allow(clippy::too_many_arguments)]
    pub fn tree(
        matrices: &BigUint64Array,
        dimension: usize,
        alpha: usize,
        bits: u32,
        seed: &Uint32Array,
        first: u32,
        start: f64,
        end: f64,
    ) -> Result<Scrambled, JsValue> {
        let range = start as u64..end as u64;
        let (columns, seed) = (copied("matrices", matrices)?, seed_of(seed));
        let seeds = |base: usize| seed.child(first + base as u32);
        let net = OwenTreeNet::new(&columns, (dimension, alpha, bits), seeds, range.clone())?;
        Ok(Self { source: Box::new(net), range })
    }

    /// In f32 when `single`, else in f64.
    pub fn points(self, single: bool) -> Result<PointRun, JsValue> {
        Ok(PointRun::new(self.source, self.range, single)?)
    }

    /// As integers.
    pub fn integers(self) -> Result<IntegerRun, JsValue> {
        Ok(IntegerRun::over(self.source, self.range)?)
    }
}

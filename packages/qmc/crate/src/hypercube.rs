#![forbid(unsafe_code)]
//! Latin hypercubes: in every coordinate each of n strata holds one of the n points.

use crate::{SeedSequence, Sfc64};
use gossamer_rust_kit::{Refusal, zeroed};

/// The coordinates of a Latin hypercube, one column of n numbers after another, drawn as QMCPy draws them: first all keys, whose
/// ranks are the strata, then where in its stratum each number lies.
#[derive(Debug)]
pub struct LatinHypercube {
    keys: Sfc64,
    /// None in the middle of the stratum.
    places: Option<Sfc64>,
    order: Vec<(u64, u32)>,
}

impl LatinHypercube {
    /// `columns` columns of `size` numbers, in the middle of their strata if `centered`.
    pub fn new(seed: &SeedSequence, columns: u64, size: u32, centered: bool) -> Result<Self, Refusal> {
        let keys = Sfc64::new(seed);
        let places = (!centered).then(|| {
            let mut places = keys.clone();
            places.skip(columns * u64::from(size));
            places
        });
        Ok(Self { keys, places, order: zeroed("size", size as usize)? })
    }

    /// The next column: row i has the place of the i-th smallest key, as an argsort gives it.
    pub fn next_column(&mut self, column: &mut [f64]) {
        let Self { keys, places, order } = self;
        for (i, entry) in (0..).zip(order.iter_mut()) {
            *entry = (keys.next_u64() >> 11, i);
        }
        order.sort_unstable();
        let size = order.len() as f64;
        for (x, &(_, stratum)) in column.iter_mut().zip(order.iter()) {
            let top = f64::from(stratum) + 1.0;
            let below = places.as_mut().map_or(0.5, Sfc64::uniform);
            // a place near the top rounds up to it, which is the next stratum, or 1
            *x = ((top - below) / size).min((top / size).next_down());
        }
    }
}

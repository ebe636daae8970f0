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
            let below = places.as_mut().map_or(0.5, Sfc64::uniform);
            *x = placed(stratum, below, size);
        }
    }
}

/// A number in [stratum/n, (stratum + 1)/n), so far below its end. What rounds up to the end would be in the next stratum, or 1.
fn placed(stratum: u32, below: f64, size: f64) -> f64 {
    let end = f64::from(stratum) + 1.0;
    ((end - below) / size).min((end / size).next_down())
}

#[cfg(test)]
mod tests {
    use super::placed;

    #[test]
    fn the_smallest_draws_stay_in_their_stratum() {
        for size in [1u32, 3, 10, 1 << 20, u32::MAX] {
            for stratum in [0, size / 3, size - 1] {
                for below in [0.0, f64::EPSILON / 2.0, 0.5, 1.0 - f64::EPSILON / 2.0] {
                    let (x, n) = (placed(stratum, below, size.into()), f64::from(size));
                    assert!(f64::from(stratum) / n <= x && x < (f64::from(stratum) + 1.0) / n);
                }
            }
        }
    }
}

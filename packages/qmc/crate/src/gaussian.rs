#![forbid(unsafe_code)]
//! Uniform points to normal ones: y = μ + A·Φ⁻¹(u).

use crate::inverse_cdf_all;
use gossamer_rust_kit::{Refusal, zeroed};

/// A normal distribution.
#[derive(Debug)]
pub struct Gaussian {
    mean: Vec<f64>,
    /// The diagonal of A, or A column by column.
    factor: Vec<f64>,
    normal: Vec<f64>,
}

/// Mean and deviations of several short points together fill the lanes.
const TOGETHER: usize = 64;

impl Gaussian {
    /// `mean` is μ of length d; `factor` the diagonal of A, of length d, or A row by row, (d, d).
    pub fn new(mean: &[f64], factor: &[f64]) -> Result<Self, Refusal> {
        let d = mean.len();
        if factor.len() == d {
            let length = TOGETHER.div_ceil(d) * d;
            return Ok(Self {
                mean: repeat("mean", mean, length)?,
                factor: repeat("standardDeviation", factor, length)?,
                normal: Vec::new(),
            });
        }
        assert!(factor.len() == d * d);
        let mut columns = zeroed("factor", d * d)?;
        for (row, entries) in factor.chunks_exact(d).enumerate() {
            for (column, &entry) in entries.iter().enumerate() {
                columns[column * d + row] = entry;
            }
        }
        Ok(Self { mean: repeat("mean", mean, d)?, factor: columns, normal: zeroed("factor", d)? })
    }

    /// Transforms whole points in place.
    pub fn transform(&mut self, points: &mut [f64]) {
        inverse_cdf_all(points);
        let Self { mean, factor, normal } = self;
        if normal.is_empty() {
            for part in points.chunks_mut(mean.len()) {
                for ((y, &mean), &deviation) in part.iter_mut().zip(&*mean).zip(&*factor) {
                    *y = mean + deviation * *y;
                }
            }
            return;
        }
        for point in points.chunks_exact_mut(mean.len()) {
            normal.copy_from_slice(point);
            point.copy_from_slice(mean);
            for (&z, column) in normal.iter().zip(factor.chunks_exact(mean.len())) {
                for (y, &entry) in point.iter_mut().zip(column) {
                    *y += entry * z;
                }
            }
        }
    }
}

/// `values` over and over; `length` is a multiple of theirs.
fn repeat(what: &str, values: &[f64], length: usize) -> Result<Vec<f64>, Refusal> {
    let mut all = zeroed(what, length)?;
    for part in all.chunks_exact_mut(values.len()) {
        part.copy_from_slice(values);
    }
    Ok(all)
}

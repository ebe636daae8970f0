//! Normal quantiles and normal points, block by block and in place.

use super::block::Block;
use crate::{Gaussian, inverse_cdf_all, principal_factor, triangular_factor};
use gossamer_rust_kit::zeroed;
use js_sys::Float64Array;
use wasm_bindgen::prelude::*;

/// A block of numbers that lies in the core's memory while it is worked on.
#[wasm_bindgen]
pub struct NormalBlock {
    block: Block<f64>,
    gaussian: Option<Gaussian>,
}

#[wasm_bindgen]
impl NormalBlock {
    /// Room for `length` numbers. With a mean (d) and a factor, (d) or (d, d), they are points; else quantiles.
    #[wasm_bindgen(constructor)]
    pub fn new(length: usize, mean: Option<Float64Array>, factor: Option<Float64Array>) -> Result<Self, JsValue> {
        let gaussian = match mean.zip(factor) {
            Some((mean, factor)) => {
                let mut mu = zeroed("mean", mean.length() as usize)?;
                mean.copy_to(&mut mu);
                let mut a = zeroed("factor", factor.length() as usize)?;
                factor.copy_to(&mut a);
                Some(Gaussian::new(&mu, &a)?)
            }
            None => None,
        };
        Ok(Self { block: Block::new("block", length)?, gaussian })
    }

    /// Where the block lies, as a byte offset into the memory.
    pub fn address(&self) -> usize {
        self.block.address()
    }

    /// Transforms the first `length` numbers.
    pub fn transform(&mut self, length: usize) {
        let values = &mut self.block.values()[..length];
        match &mut self.gaussian {
            Some(gaussian) => gaussian.transform(values),
            None => inverse_cdf_all(values),
        }
    }
}

/// Fills `factor` (d, d) with A, AAᵀ = `covariance`.
#[wasm_bindgen(js_name = factorCovariance)]
pub fn factor_covariance(
    covariance: &Float64Array,
    dimension: usize,
    triangular: bool,
    factor: &Float64Array,
) -> Result<(), JsValue> {
    let mut sigma = zeroed("covariance", covariance.length() as usize)?;
    covariance.copy_to(&mut sigma);
    let decompose = if triangular { triangular_factor } else { principal_factor };
    factor.copy_from(&decompose(&sigma, dimension)?);
    Ok(())
}

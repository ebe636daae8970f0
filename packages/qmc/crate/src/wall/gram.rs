//! Gram matrices and what a Gaussian process does with them.

use super::kernel::{ProductKernel, dot, doubles, fractions};
use crate::{Columns, Group, Likelihood};
use gossamer_rust_kit::zeroed;
use js_sys::{BigUint64Array, Float64Array};
use wasm_bindgen::prelude::*;

fn group(lattice: bool) -> Group {
    if lattice { Group::Lattice } else { Group::Net }
}

/// Every row of `size` numbers of x ← its T x, the real orthogonal transform that makes Gram matrices of a group diagonal.
#[wasm_bindgen(js_name = gramForward)]
pub fn gram_forward(lattice: bool, x: &Float64Array, size: usize) -> Result<(), JsValue> {
    let mut values = doubles("spectrum", x)?;
    values.chunks_exact_mut(size).for_each(|row| group(lattice).forward(row));
    x.copy_from(&values);
    Ok(())
}

/// x ← Tᵀ x
#[wasm_bindgen(js_name = gramBackward)]
pub fn gram_backward(lattice: bool, x: &Float64Array) -> Result<(), JsValue> {
    let mut values = doubles("spectrum", x)?;
    group(lattice).backward(&mut values);
    x.copy_from(&values);
    Ok(())
}

/// The spectrum of 2n values in `out`, from those of their halves.
#[wasm_bindgen(js_name = gramDouble)]
pub fn gram_double(
    lattice: bool,
    first: &Float64Array,
    second: &Float64Array,
    out: &Float64Array,
) -> Result<(), JsValue> {
    let n = first.length() as usize;
    let mut both = zeroed("spectrum", 2 * n)?;
    first.copy_to(&mut both[..n]);
    group(lattice).double(&mut both, &doubles("spectrum", second)?);
    out.copy_from(&both);
    Ok(())
}

/// Adds the inner products of the rows of (m, c) to those in `out` (m, m), on and below its diagonal.
#[wasm_bindgen(js_name = addProducts)]
pub fn add_products(rows: &Float64Array, c: usize, out: &Float64Array) -> Result<(), JsValue> {
    let (rows, mut products) = (doubles("rows", rows)?, doubles("out", out)?);
    let m = rows.len() / c;
    for (i, row) in rows.chunks_exact(c).enumerate() {
        let others = rows.chunks_exact(c).take(i + 1);
        products[i * m..].iter_mut().zip(others).for_each(|(product, other)| *product += dot(row, other));
    }
    out.copy_from(&products);
    Ok(())
}

/// A marginal likelihood; see [`Likelihood`].
#[wasm_bindgen]
pub struct GpLikelihood(Likelihood);

#[wasm_bindgen]
impl GpLikelihood {
    /// Of data whose transform is `spectrum`.
    #[wasm_bindgen(constructor)]
    pub fn new(lattice: bool, spectrum: &Float64Array, dimension: usize) -> Result<GpLikelihood, JsValue> {
        Ok(Self(Likelihood::new(group(lattice), &doubles("spectrum", spectrum)?, dimension)?))
    }

    /// Takes the next block of points (b, d).
    pub fn add(&mut self, kernel: &ProductKernel, points: &BigUint64Array, x0: &BigUint64Array) -> Result<(), JsValue> {
        let (points, x0) = (fractions("points", points)?, fractions("points", x0)?);
        self.0.add(&kernel.kernel, &Columns::new(&points, x0.len())?, &x0);
        Ok(())
    }

    /// Writes log p(y), S, and the d + 2 entries of the gradient.
    pub fn evaluate(
        &mut self,
        weights: &Float64Array,
        scale: Option<f64>,
        ratio: f64,
        out: &Float64Array,
    ) -> Result<(), JsValue> {
        let evidence = self.0.evaluate(&doubles("weights", weights)?, scale, ratio)?;
        out.subarray(0, 2).copy_from(&[evidence.value, evidence.scale]);
        out.subarray(2, out.length()).copy_from(&evidence.gradient);
        Ok(())
    }
}

//! Kernels: parameters come in once, then points as 64-bit fractions, block by block.

use crate::{Columns, Kernel, MAX_ALPHA, Orders, fraction};
use gossamer_rust_kit::{Refusal, zeroed};
use js_sys::{BigUint64Array, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

/// A kernel, without its scale, and the points that were loaded last.
#[wasm_bindgen]
pub struct ProductKernel {
    pub(super) kernel: Kernel,
    points: Option<Columns>,
}

#[wasm_bindgen]
impl ProductKernel {
    /// `kind` 0 is shift-invariant and 1 digital, with shares of α = 1 … 5 in `parameters` (d, 5); 2 is digital with a real
    /// α per coordinate. `orders` (d, 2) are those of derivatives, or none.
    #[wasm_bindgen(constructor)]
    pub fn new(
        kind: u8,
        parameters: &Float64Array,
        orders: Option<Uint8Array>,
        weights: &Float64Array,
    ) -> Result<ProductKernel, JsValue> {
        let parameters = doubles("alpha", parameters)?;
        let weights = doubles("weights", weights)?;
        let mix = parameters.as_chunks::<MAX_ALPHA>().0;
        let mut bytes = zeroed("orders", orders.as_ref().map_or(0, |orders| orders.length() as usize))?;
        let mut pairs: Vec<Orders> = zeroed("orders", bytes.len() / 2)?;
        if let Some(orders) = &orders {
            orders.copy_to(&mut bytes);
        }
        pairs.iter_mut().zip(bytes.as_chunks::<2>().0).for_each(|(to, pair)| *to = pair.map(usize::from));
        let orders = orders.is_some().then_some(&pairs[..]);
        let kernel = match kind {
            0 => Kernel::shift_invariant(mix, orders, weights)?,
            1 => Kernel::digital(mix, orders, weights)?,
            _ => Kernel::adaptive(&parameters, weights)?,
        };
        Ok(Self { kernel, points: None })
    }

    /// K(x_i, x_0)/S − 1 of a block of points (b, d). Returns how many of them are x_0 itself.
    pub fn column(&self, points: &BigUint64Array, x0: &BigUint64Array, out: &Float64Array) -> Result<usize, JsValue> {
        let (points, x0) = (fractions("points", points)?, fractions("points", x0)?);
        let mut column = zeroed("kernel", out.length() as usize)?;
        self.kernel.row_minus_one(&Columns::new(&points, x0.len())?, &x0, &mut column);
        out.copy_from(&column);
        Ok(points.chunks_exact(x0.len()).filter(|point| *point == x0).count())
    }

    /// K(x_i, z_i)/S of points (b, d) and (b, d).
    pub fn pairs(&self, x: &BigUint64Array, z: &BigUint64Array, out: &Float64Array) -> Result<(), JsValue> {
        let (mut x, z) = (fractions("x", x)?, fractions("z", z)?);
        let dimension = self.kernel.dimension();
        self.kernel.differences(&mut x, &z);
        let mut values = zeroed("out", out.length() as usize)?;
        self.kernel.row(&Columns::new(&x, dimension)?, &zeroed("z", dimension)?, &mut values);
        out.copy_from(&values);
        Ok(())
    }

    /// Loads points (b, d) for [`Self::rows`] and [`Self::sums`].
    pub fn load(&mut self, points: &BigUint64Array) -> Result<(), JsValue> {
        self.points = Some(Columns::new(&fractions("points", points)?, self.kernel.dimension())?);
        Ok(())
    }

    /// K(z, x)/S of every x of (m, d) and each loaded point z: (m, b).
    pub fn rows(&self, x: &BigUint64Array, out: &Float64Array) -> Result<(), JsValue> {
        let (x, mut values) = (fractions("x", x)?, zeroed("out", out.length() as usize)?);
        if let Some(points) = &self.points {
            let rows = values.chunks_exact_mut(points.points());
            for (x, row) in x.chunks_exact(self.kernel.dimension()).zip(rows) {
                self.kernel.row(points, x, row);
            }
        }
        out.copy_from(&values);
        Ok(())
    }

    /// Adds Σ_k c_k K(x_i, z_k)/S over the loaded points z to each of `sums` (m), for x (m, d).
    pub fn sums(&self, x: &BigUint64Array, c: &Float64Array, sums: &Float64Array) -> Result<(), JsValue> {
        let (x, c, mut sums_) = (fractions("x", x)?, doubles("c", c)?, doubles("out", sums)?);
        let mut row = zeroed("kernel", c.len())?;
        if let Some(points) = &self.points {
            for (x, sum) in x.chunks_exact(self.kernel.dimension()).zip(&mut sums_) {
                self.kernel.row(points, x, &mut row);
                *sum += dot(&row, &c);
            }
        }
        sums.copy_from(&sums_);
        Ok(())
    }
}

/// Σ a·b in eight lanes.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (a, b) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a.0.iter().zip(b.0) {
        (0..8).for_each(|lane| lanes[lane] += a[lane] * b[lane]);
    }
    lanes.iter().sum::<f64>() + a.1.iter().zip(b.1).map(|(a, b)| a * b).sum::<f64>()
}

/// Coordinates in [0, 1) as 64-bit fractions.
#[wasm_bindgen(js_name = fractionsOf)]
pub fn fractions_of(x: &Float64Array, out: &BigUint64Array) -> Result<(), JsValue> {
    let mut words = zeroed("x", x.length() as usize)?;
    words.iter_mut().zip(doubles("x", x)?).for_each(|(word, x)| *word = fraction(x));
    out.copy_from(&words);
    Ok(())
}

/// The points start … of a lattice in radical inverse order, φ(i)·g + x_0 mod 1, as exact 64-bit fractions.
#[wasm_bindgen(js_name = latticeFractions)]
pub fn lattice_fractions(
    vector: &Uint32Array,
    x0: &BigUint64Array,
    start: f64,
    out: &BigUint64Array,
) -> Result<(), JsValue> {
    let x0 = fractions("points", x0)?;
    let mut g = zeroed("points", x0.len())?;
    vector.copy_to(&mut g);
    let mut words = zeroed("points", out.length() as usize)?;
    for (i, row) in (start as u64..).zip(words.chunks_exact_mut(x0.len())) {
        let phi = i.reverse_bits();
        for ((word, &g), &x0) in row.iter_mut().zip(&g).zip(&x0) {
            *word = phi.wrapping_mul(u64::from(g)).wrapping_add(x0);
        }
    }
    out.copy_from(&words);
    Ok(())
}

pub(super) fn doubles(what: &str, array: &Float64Array) -> Result<Vec<f64>, Refusal> {
    let mut values = zeroed(what, array.length() as usize)?;
    array.copy_to(&mut values);
    Ok(values)
}

pub(super) fn fractions(what: &str, array: &BigUint64Array) -> Result<Vec<u64>, Refusal> {
    let mut words = zeroed(what, array.length() as usize)?;
    array.copy_to(&mut words);
    Ok(words)
}

//! Fast transforms of rows: they come in once and go out once.

use crate::{fftbr, fwht, ifftbr};
use gossamer_rust_kit::reserved;
use js_sys::Float64Array;
use std::mem::MaybeUninit;
use wasm_bindgen::prelude::*;

/// Transforms each row of `size` numbers.
#[wasm_bindgen(js_name = fwhtRows)]
pub fn fwht_rows(x: &Float64Array, size: usize) -> Result<(), JsValue> {
    let mut room = reserved("x", x.length() as usize)?;
    let rows = x.copy_to_uninit(free(&mut room, x));
    rows.chunks_exact_mut(size).for_each(fwht);
    x.copy_from(rows);
    Ok(())
}

/// Transforms each row of `size` complex numbers.
#[wasm_bindgen(js_name = fftbrRows)]
pub fn fftbr_rows(re: &Float64Array, im: &Float64Array, size: usize) -> Result<(), JsValue> {
    complex_rows(re, im, size, fftbr)
}

/// Undoes [`fftbr_rows`].
#[wasm_bindgen(js_name = ifftbrRows)]
pub fn ifftbr_rows(re: &Float64Array, im: &Float64Array, size: usize) -> Result<(), JsValue> {
    complex_rows(re, im, size, ifftbr)
}

fn complex_rows(
    re: &Float64Array,
    im: &Float64Array,
    size: usize,
    transform: fn(&mut [f64], &mut [f64]),
) -> Result<(), JsValue> {
    let mut rooms = (reserved("re", re.length() as usize)?, reserved("im", im.length() as usize)?);
    let re_rows = re.copy_to_uninit(free(&mut rooms.0, re));
    let im_rows = im.copy_to_uninit(free(&mut rooms.1, im));
    for (re, im) in re_rows.chunks_exact_mut(size).zip(im_rows.chunks_exact_mut(size)) {
        transform(re, im);
    }
    re.copy_from(re_rows);
    im.copy_from(im_rows);
    Ok(())
}

/// The reserved memory, not filled: `array` is copied over it.
fn free<'a>(room: &'a mut Vec<f64>, array: &Float64Array) -> &'a mut [MaybeUninit<f64>] {
    &mut room.spare_capacity_mut()[..array.length() as usize]
}

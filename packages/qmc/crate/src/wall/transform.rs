//! Fast transforms of rows: each block of rows comes in once and goes out once.

use crate::{fftbr, fwht, ifftbr};
use gossamer_rust_kit::{Refusal, reserved};
use js_sys::Float64Array;
use wasm_bindgen::prelude::*;

/// Numbers per block of short rows: with a second array they still stay in a second-level cache.
const BLOCK: usize = 1 << 14;

/// Transforms each row of `size` numbers.
#[wasm_bindgen(js_name = fwhtRows)]
pub fn fwht_rows(x: &Float64Array, size: usize) -> Result<(), JsValue> {
    let mut room = Room::new("x", x.length() as usize, size)?;
    for start in room.starts() {
        let block = room.part(x, start);
        let rows = block.copy_to_uninit(room.spare(&block));
        rows.chunks_exact_mut(size).for_each(fwht);
        block.copy_from(rows);
    }
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
    let length = re.length() as usize;
    let mut rooms = (Room::new("re", length, size)?, Room::new("im", length, size)?);
    for start in rooms.0.starts() {
        let blocks = (rooms.0.part(re, start), rooms.1.part(im, start));
        let re = blocks.0.copy_to_uninit(rooms.0.spare(&blocks.0));
        let im = blocks.1.copy_to_uninit(rooms.1.spare(&blocks.1));
        for (re, im) in re.chunks_exact_mut(size).zip(im.chunks_exact_mut(size)) {
            transform(re, im);
        }
        blocks.0.copy_from(re);
        blocks.1.copy_from(im);
    }
    Ok(())
}

/// Memory for whole rows of an array.
struct Room {
    length: usize,
    block: usize,
    memory: Vec<f64>,
}

impl Room {
    fn new(what: &str, length: usize, size: usize) -> Result<Self, Refusal> {
        let block = length.min(BLOCK.max(size));
        Ok(Self { length, block, memory: reserved(what, block)? })
    }

    fn starts(&self) -> impl Iterator<Item = usize> + use<> {
        (0..self.length).step_by(self.block)
    }

    fn part(&self, array: &Float64Array, start: usize) -> Float64Array {
        array.subarray(start as u32, (start + self.block).min(self.length) as u32)
    }

    fn spare(&mut self, block: &Float64Array) -> &mut [std::mem::MaybeUninit<f64>] {
        &mut self.memory.spare_capacity_mut()[..block.length() as usize]
    }
}

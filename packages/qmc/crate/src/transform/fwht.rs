#![forbid(unsafe_code)]
//! The fast Walsh–Hadamard transform. Level l adds and subtracts numbers 2^l apart; three levels go in one pass.

use super::lanes::{Pair, quarters};
use super::tile::{TILE, gather, scatter};
use super::unit_scale;

/// Numbers of a transform that stays in a second-level cache: 512 kB.
const BLOCK: usize = 1 << 16;
/// Rows that are transformed across in one pass over the memory.
const ROWS: usize = 1 << 6;

/// y_k = n^−½ Σ_i (−1)^popcount(i & k) x_i: the Walsh–Hadamard transform, its own inverse.
///
/// ‖error‖₂ ≤ (m + 2)·2^−53·‖x‖₂ for n = 2^m: each level, a unitary map but for its scale, adds one rounding to each number,
/// and the factor n^−½ two.
///
/// # Panics
/// When the length is no power of two.
pub fn fwht(x: &mut [f64]) {
    let n = x.len();
    assert!(n.is_power_of_two());
    let scale = unit_scale(n);
    if n < 16 { tiny(x, scale) } else { all(x, scale) }
}

fn tiny(x: &mut [f64], scale: f64) {
    x.iter_mut().for_each(|x| *x *= scale);
    let mut half = 1;
    while half < x.len() {
        for block in x.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (u, v) in low.iter_mut().zip(high) {
                (*u, *v) = (*u + *v, *u - *v);
            }
        }
        half *= 2;
    }
}

fn all(x: &mut [f64], scale: f64) {
    let n = x.len();
    if n <= BLOCK {
        sixteens(x, scale);
        return levels(x, 16);
    }
    let rows = (2 * n / BLOCK).min(ROWS);
    x.chunks_exact_mut(n / rows).for_each(|row| all(row, scale));
    let mut tile = [0.0; TILE];
    for start in (0..n / rows).step_by(TILE / rows) {
        gather(x, rows, start, &mut tile);
        levels(&mut tile, TILE / rows);
        scatter(&tile, x, rows, start);
    }
}

/// Four levels within sixteen numbers, scaled.
#[inline(never)]
fn sixteens(x: &mut [f64], scale: f64) {
    let (plus, minus) = (Pair::both(scale), Pair::of([scale, -scale]));
    for block in x.as_chunks_mut().0.as_chunks_mut().0 {
        let sums = eight(block.map(Pair::of));
        *block = sums.map(|pair| (pair * minus + pair.swapped() * plus).array());
    }
}

/// The levels of distances `part`, 2·`part`, …
fn levels(x: &mut [f64], mut part: usize) {
    while 8 * part <= x.len() {
        x.chunks_exact_mut(8 * part).for_each(three_levels);
        part *= 8;
    }
    match x.len() / part {
        4 => two_levels(x),
        2 => one_level(x),
        _ => {}
    }
}

#[inline(never)]
fn three_levels(x: &mut [f64]) {
    let (low, high) = x.split_at_mut(x.len() / 2);
    let ([x0, x1, x2, x3], [x4, x5, x6, x7]) = (quarters(low), quarters(high));
    let low = x0.iter_mut().zip(x1).zip(x2).zip(x3);
    let high = x4.iter_mut().zip(x5).zip(x6).zip(x7);
    for ((((x0, x1), x2), x3), (((x4, x5), x6), x7)) in low.zip(high) {
        let sums = eight([*x0, *x1, *x2, *x3, *x4, *x5, *x6, *x7].map(Pair::of));
        [*x0, *x1, *x2, *x3, *x4, *x5, *x6, *x7] = sums.map(Pair::array);
    }
}

fn two_levels(x: &mut [f64]) {
    let [x0, x1, x2, x3] = quarters(x);
    for (((x0, x1), x2), x3) in x0.iter_mut().zip(x1).zip(x2).zip(x3) {
        let (a, b) = butterfly(Pair::of(*x0), Pair::of(*x1));
        let (c, d) = butterfly(Pair::of(*x2), Pair::of(*x3));
        let ((a, c), (b, d)) = (butterfly(a, c), butterfly(b, d));
        (*x0, *x1, *x2, *x3) = (a.array(), b.array(), c.array(), d.array());
    }
}

fn one_level(x: &mut [f64]) {
    let half = x.len() / 4;
    let (low, high) = x.as_chunks_mut().0.split_at_mut(half);
    for (u, v) in low.iter_mut().zip(high) {
        let (a, b) = butterfly(Pair::of(*u), Pair::of(*v));
        (*u, *v) = (a.array(), b.array());
    }
}

#[inline(always)]
fn eight([a, b, c, d, e, f, g, h]: [Pair; 8]) -> [Pair; 8] {
    let ((a, b), (c, d), (e, f), (g, h)) = (butterfly(a, b), butterfly(c, d), butterfly(e, f), butterfly(g, h));
    let ((a, c), (b, d), (e, g), (f, h)) = (butterfly(a, c), butterfly(b, d), butterfly(e, g), butterfly(f, h));
    let ((a, e), (b, f), (c, g), (d, h)) = (butterfly(a, e), butterfly(b, f), butterfly(c, g), butterfly(d, h));
    [a, b, c, d, e, f, g, h]
}

#[inline(always)]
fn butterfly(u: Pair, v: Pair) -> (Pair, Pair) {
    (u + v, u - v)
}

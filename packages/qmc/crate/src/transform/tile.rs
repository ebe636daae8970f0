#![forbid(unsafe_code)]
//! Columns of a matrix that is stored by rows, side by side in a small scratch: an array is crossed once for several levels.
//! In their place the columns would not stay in a cache, where rows a power of two apart fall on the same few lines.
//!
//! D. H. Bailey, *FFTs in external or hierarchical memory*, J. Supercomputing 4, 1990.

/// Numbers in a tile: 32 kB.
pub(super) const TILE: usize = 1 << 12;

/// Reads a tile of the matrix of `rows` rows in `x`, from column `start` on.
pub(super) fn gather(x: &[f64], rows: usize, start: usize, tile: &mut [f64; TILE]) {
    let width = TILE / rows;
    for (row, to) in x.chunks_exact(x.len() / rows).zip(tile.chunks_exact_mut(width)) {
        to.copy_from_slice(&row[start..start + width]);
    }
}

/// Writes it back.
pub(super) fn scatter(tile: &[f64; TILE], x: &mut [f64], rows: usize, start: usize) {
    let width = TILE / rows;
    for (row, from) in x.chunks_exact_mut(x.len() / rows).zip(tile.chunks_exact(width)) {
        row[start..start + width].copy_from_slice(from);
    }
}

#![forbid(unsafe_code)]
//! Randomisations of a digital net that leave it a digital net, drawn as QMCPy draws them.

use gossamer_rust_kit::{Refusal, zeroed};

/// Digits of a randomised point: QMCPy has 63 of them, and 64 only where the matrices have as many.
pub fn scrambled_bits(bits: u32) -> u32 {
    bits.max(63)
}

/// Matoušek's linear scramble: every matrix is multiplied by a random lower triangular one with a unit diagonal, which has
/// `digits` rows. `columns` is (m, d) in binary fractions of `bits` digits, and `draw` gives that many random bits.
///
/// Source: J. Matoušek, *On the L2-discrepancy for anchored boxes*, J. Complexity 14(4), 1998, section 4.
///
/// # Panics
/// Unless 0 < `bits` ≤ `digits` ≤ 64.
pub fn linear_scramble(columns: &mut [u64], dimension: usize, bits: u32, digits: u32, mut draw: impl FnMut() -> u64) {
    assert!(0 < bits && bits <= digits);
    let mut rows = [0; 64];
    let rows = &mut rows[..digits as usize];
    for j in 0..dimension {
        for (k, row) in rows.iter_mut().enumerate() {
            let drawn = draw() << (64 - bits);
            *row = if k < bits as usize { drawn & !(u64::MAX >> k) | 1 << 63 >> k } else { drawn };
        }
        for column in columns[j..].iter_mut().step_by(dimension) {
            let digit = |(k, row): (usize, &u64)| u64::from((row & *column).count_ones() & 1) << (63 - k);
            *column = rows.iter().enumerate().map(digit).sum();
        }
    }
}

/// Digital interlacing: digit ℓ of coordinate j is digit ⌊ℓ/α⌋ of coordinate jα + (ℓ mod α), for the first `digits` digits ℓ.
/// `numbers` is (rows, α·dimension), the result (rows, dimension).
///
/// Source: J. Dick, *Walsh spaces containing smooth functions and quasi–Monte Carlo rules of arbitrary high order*, SIAM J.
/// Numer. Anal. 46(3), 2008, section 4.
pub fn interlace(numbers: &[u64], alpha: usize, digits: u32) -> Result<Vec<u64>, Refusal> {
    let mut interlaced = zeroed("matrices", numbers.len() / alpha)?;
    for (whole, parts) in interlaced.iter_mut().zip(numbers.chunks_exact(alpha)) {
        for l in 0..digits as usize {
            *whole |= (parts[l % alpha] << (l / alpha) >> 63) << (63 - l);
        }
    }
    Ok(interlaced)
}

/// The columns whose natural order is the Gray code order of `columns`, (m, d): bit c of the Gray code i xor ⌊i/2⌋ is bit c of
/// i ⊕ bit c + 1 of it.
pub fn gray_code_order(columns: &mut [u64], dimension: usize) {
    for i in (dimension..columns.len()).rev() {
        columns[i] ^= columns[i - dimension];
    }
}

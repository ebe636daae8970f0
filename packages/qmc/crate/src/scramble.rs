#![forbid(unsafe_code)]
//! Randomisations of a digital net that leave it a digital net, drawn as QMCPy draws them.

use crate::Sfc64;
use gossamer_rust_kit::{Refusal, zeroed};

/// Digits of a randomised point, of which QMCPy has 63 unless the matrices have 64.
pub fn scrambled_bits(bits: u32) -> u32 {
    bits.max(63)
}

/// Matoušek's linear scramble: every matrix is multiplied by a random lower triangular one with a unit diagonal, which has
/// [`scrambled_bits`] rows. `columns` is (m, d) in binary fractions of `bits` digits.
///
/// Source: J. Matoušek, *On the L2-discrepancy for anchored boxes*, J. Complexity 14(4), 1998, section 4.
pub fn linear_scramble(columns: &mut [u64], dimension: usize, bits: u32, generator: &mut Sfc64) {
    let mut rows = [0; 64];
    let rows = &mut rows[..scrambled_bits(bits) as usize];
    for j in 0..dimension {
        for (k, row) in rows.iter_mut().enumerate() {
            let drawn = generator.bits(bits) << (64 - bits);
            let diagonal = 1 << 63 >> k; // a column has no digit k ≥ bits
            *row = if k < bits as usize { drawn & !(u64::MAX >> k) | diagonal } else { drawn };
        }
        for column in columns[j..].iter_mut().step_by(dimension) {
            let digit = |(k, row): (usize, &u64)| u64::from((row & *column).count_ones() & 1) << (63 - k);
            *column = rows.iter().enumerate().map(digit).sum();
        }
    }
}

/// Digital interlacing: digit ℓ of coordinate j is digit ⌊ℓ/α⌋ of coordinate jα + (ℓ mod α), for the first `bits` digits ℓ.
/// `numbers` is (rows, α·dimension), the result (rows, dimension).
///
/// Source: J. Dick, *Walsh spaces containing smooth functions and quasi–Monte Carlo rules of arbitrary high order*, SIAM J.
/// Numer. Anal. 46(3), 2008, section 4.
pub fn interlace(numbers: &[u64], alpha: usize, bits: u32) -> Result<Vec<u64>, Refusal> {
    let mut interlaced = zeroed("matrices", numbers.len() / alpha)?;
    for (whole, parts) in interlaced.iter_mut().zip(numbers.chunks_exact(alpha)) {
        for digit in 0..bits as usize {
            *whole |= (parts[digit % alpha] << (digit / alpha) >> 63) << (63 - digit);
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

#![forbid(unsafe_code)]
//! The generating matrices of Sobol' points, from the direction numbers `new-joe-kuo-6.21201` of S. Joe and F. Y. Kuo
//! (*Constructing Sobol' sequences with better two-dimensional projections*, SIAM J. Sci. Comput. 30(5), 2008). Their
//! licence is beside the numbers, in data/README.md of the package.

use gossamer_rust_kit::{Refusal, zeroed};

/// The packed numbers of the first [`SobolMatrices::BUNDLED`] dimensions.
static FIRST: &[u8] = include_bytes!("../data/joe-kuo-1024.bin");

/// How many primitive polynomials of each degree there are, from 0 on: every one has its dimension, in this order. (Degree 0
/// stands for the first dimension, which is the radical inverse.)
const COUNTS: [usize; 19] = [1, 1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630, 756, 1800, 2048, 7710, 7776];

/// Sobol' matrices.
#[derive(Debug)]
pub struct SobolMatrices;

impl SobolMatrices {
    /// Columns of each, so that there are 2^32 points.
    pub const COLUMNS: usize = 32;
    /// Dimensions that need no more than the bundled numbers.
    pub const BUNDLED: usize = 1024;
    /// All dimensions.
    pub const MOST: usize = 21_201;

    /// The matrices of the first `dimension` dimensions: (32 columns, dimension), as binary fractions of 64 bits.
    /// `more` holds the packed numbers of dimension 1,025 and those after it, as far as they are needed.
    ///
    /// # Panics
    /// When `dimension` is over [`Self::MOST`], or `more` too short for it.
    pub fn columns(dimension: usize, more: &[u8]) -> Result<Vec<u64>, Refusal> {
        let mut columns = zeroed("matrices", Self::COLUMNS * dimension)?;
        let mut bits = Bits { bytes: FIRST, at: 0 };
        let degrees = COUNTS.iter().enumerate().flat_map(|(degree, &count)| std::iter::repeat_n(degree, count));
        for (j, degree) in (0..dimension).zip(degrees) {
            if j == Self::BUNDLED {
                bits = Bits { bytes: more, at: 0 };
            } else if j > Self::BUNDLED && j.is_power_of_two() {
                bits.at = bits.at.next_multiple_of(8); // a chunk begins
            }
            for (c, column) in bits.matrix(degree).into_iter().enumerate() {
                columns[c * dimension + j] = column;
            }
        }
        Ok(columns)
    }
}

/// Reads packed numbers, lowest bit first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> u64 {
        let mut value = 0;
        for bit in 0..count {
            value |= u64::from(self.bytes[self.at / 8] >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        value
    }

    /// The matrix of the next dimension. A column is m_c·2^−c, so that the recurrence for m_c loses its powers of two:
    /// column c is a_1·column c−1 ⊕ … ⊕ a_{s−1}·column c−s+1 ⊕ column c−s ⊕ 2^−s·column c−s.
    fn matrix(&mut self, degree: usize) -> [u64; SobolMatrices::COLUMNS] {
        let mut columns = [0; SobolMatrices::COLUMNS];
        if degree == 0 {
            for (c, column) in columns.iter_mut().enumerate() {
                *column = 1 << (63 - c);
            }
            return columns;
        }
        let polynomial = self.take(degree - 1); // a_1 … a_{s−1}, the last one lowest
        for (c, column) in columns.iter_mut().enumerate().take(degree) {
            *column = (2 * self.take(c) + 1) << (63 - c);
        }
        for c in degree..columns.len() {
            let first = columns[c - degree];
            columns[c] = (1..degree)
                .filter(|i| polynomial >> (degree - 1 - i) & 1 == 1)
                .fold(first ^ (first >> degree), |column, i| column ^ columns[c - i]);
        }
        columns
    }
}

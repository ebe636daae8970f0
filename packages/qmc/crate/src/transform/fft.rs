#![forbid(unsafe_code)]
//! The fast Fourier transforms between natural and bit-reversed order, with no reordering.
//!
//! In natural order the n numbers are the coefficients of a polynomial modulo X^n − 1. A level takes each polynomial modulo
//! X^4q − w⁴ to its remainders modulo X^q − w, X^q + w, X^q − iw and X^q + iw, and in the end there stand its values at the
//! n-th roots of unity, in bit-reversed order: the inverse transform. The transform goes the same way back. All numbers of a
//! block need the same w = exp(2πi·φ(b)/4), where b counts the blocks of a level.
//!
//! W. M. Gentleman, G. Sande, *Fast Fourier transforms: for fun and profit*, AFIPS 1966.

use super::butterfly::{Direction, Join, Split, apart, four, four_plain, numbers, roots_of, splat, two_plain};
use super::roots::{Root, Roots};
use super::tile::{TILE, gather, scatter};
use super::unit_scale;

// Even powers of two, so that every block but the whole has levels of four parts alone.
/// Numbers of a transform that goes level by level; its last level has no more blocks than the table of roots.
const LEAF: usize = 4 * Roots::BLOCKS;
/// Numbers of a transform that stays in a second-level cache: 256 kB with both components.
const BLOCK: usize = 1 << 14;
/// Rows that are transformed across in one pass over the memory.
const ROWS: usize = 1 << 6;

const ONES: [Root; 3] = [(1.0, 0.0); 3];

/// y_k = n^−½ Σ_i x_i exp(−2πi k R(i)/n): the Fourier transform of what comes in bit-reversed order, in natural order.
///
/// ‖error‖₂ ≤ 4(m + 1)·2^−53·‖x‖₂ for n = 2^m. In units of 2^−53: a level of four parts, unitary but for its scale, adds √5
/// for the complex products, 3 for their roots and 2 for two additions, together 7.3 for two of the m levels; a level of two
/// parts adds 1, and the factor n^−½ 1.8.
///
/// # Panics
/// When the length is no power of two, or the lengths differ.
pub fn fftbr(re: &mut [f64], im: &mut [f64]) {
    transform::<Join>(re, im);
}

/// x_i = n^−½ Σ_k y_k exp(2πi k R(i)/n): the inverse of [`fftbr`], with the same error; its result is in bit-reversed order.
///
/// # Panics
/// When the length is no power of two, or the lengths differ.
pub fn ifftbr(re: &mut [f64], im: &mut [f64]) {
    transform::<Split>(re, im);
}

fn transform<D: Direction>(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    assert!(n.is_power_of_two() && im.len() == n);
    let scale = unit_scale(n);
    if n < 8 { tiny::<D>(re, im, scale) } else { Levels { roots: Roots::get(), scale }.all::<D>(re, im, 0) }
}

/// Straight from the formula, with powers of i.
fn tiny<D: Direction>(re: &mut [f64], im: &mut [f64], scale: f64) {
    let n = re.len();
    let mut x = [(0.0, 0.0); 4];
    for (x, (re, im)) in x.iter_mut().zip(re.iter().zip(im.iter())) {
        *x = (*re, *im);
    }
    let mirror = if n == 4 { [0, 2, 1, 3] } else { [0, 1, 0, 0] };
    for to in 0..n {
        let (mut y, mut z) = (0.0, 0.0);
        for (from, &(re, im)) in x[..n].iter().enumerate() {
            let quarters = if D::SPLITS { from * mirror[to] } else { (4 - to) * mirror[from] } * 4 / n;
            let (a, b) = [(re, im), (-im, re), (-re, -im), (im, -re)][quarters % 4];
            (y, z) = (y + a, z + b);
        }
        (re[to], im[to]) = (y * scale, z * scale);
    }
}

struct Levels {
    roots: &'static Roots,
    /// The first level's factor, for block 0.
    scale: f64,
}

impl Levels {
    /// All levels of block j.
    fn all<D: Direction>(&self, re: &mut [f64], im: &mut [f64], j: usize) {
        let n = re.len();
        if n <= LEAF {
            return self.leaf::<D>(re, im, j);
        }
        let count = match n {
            _ if n > BLOCK => rows(n),
            _ if j == 0 && is_odd_power(n) => 2,
            _ => 4,
        };
        if D::SPLITS {
            self.upper::<D>(re, im, j, count);
        }
        let below = Self { scale: 1.0, ..*self };
        for (k, (re, im)) in parts(re, im, n / count).enumerate() {
            below.all::<D>(re, im, j * count + k);
        }
        if !D::SPLITS {
            self.upper::<D>(re, im, j, count);
        }
    }

    /// The levels between block j and its `count` parts.
    #[inline(never)]
    fn upper<D: Direction>(&self, re: &mut [f64], im: &mut [f64], j: usize, count: usize) {
        if re.len() <= BLOCK {
            return self.first::<D>(re, im, j, count);
        }
        let mut tile = ([0.0; TILE], [0.0; TILE]);
        let width = TILE / count;
        for start in (0..re.len() / count).step_by(width) {
            gather(re, count, start, &mut tile.0);
            gather(im, count, start, &mut tile.1);
            self.levels::<D>(&mut tile.0, &mut tile.1, j, width);
            scatter(&tile.0, re, count, start);
            scatter(&tile.1, im, count, start);
        }
    }

    fn leaf<D: Direction>(&self, re: &mut [f64], im: &mut [f64], j: usize) {
        if D::SPLITS {
            self.levels::<D>(re, im, j, 4);
        }
        let count = re.len() / 4;
        let (table, near) = self.roots.range(j * count, count);
        match near {
            None => numbers::<D, false>(re, im, table, splat(ONES)),
            Some(near) => numbers::<D, true>(re, im, table, splat(near)),
        }
        if !D::SPLITS {
            self.levels::<D>(re, im, j, 4);
        }
    }

    /// The levels between block j and its parts of `least` numbers.
    #[inline(never)]
    fn levels<D: Direction>(&self, re: &mut [f64], im: &mut [f64], j: usize, least: usize) {
        let depth = (re.len() / least).trailing_zeros();
        let odd = depth % 2;
        let mut level = |k: u32| match k {
            0 => self.first::<D>(re, im, j, if odd == 1 { 2 } else { 4 }),
            _ => self.other::<D>(re, im, j, 1 << (2 * k - odd)),
        };
        let levels = 0..depth.div_ceil(2);
        if D::SPLITS { levels.for_each(&mut level) } else { levels.rev().for_each(&mut level) }
    }

    /// The level between block j and its `radix` parts. Block 0 has w = 1.
    #[inline(never)]
    fn first<D: Direction>(&self, re: &mut [f64], im: &mut [f64], j: usize, radix: usize) {
        match (j, radix) {
            (0, 2) => [re, im].into_iter().for_each(|x| two_plain(x, self.scale)),
            (0, _) => four_plain::<D>(re, im, self.scale),
            _ => four::<D>(re, im, splat(self.roots.of(j))),
        }
    }

    /// The level between the `count` parts of block j and their parts.
    #[inline(never)]
    fn other<D: Direction>(&self, re: &mut [f64], im: &mut [f64], j: usize, count: usize) {
        let part = re.len() / count;
        let (table, near) = self.roots.range(j * count, count);
        let near = splat(near.unwrap_or(ONES));
        for ((re, im), two) in parts(re, im, 2 * part).zip(table) {
            let roots = apart(roots_of::<true>(two, near));
            for ((re, im), roots) in parts(re, im, part).zip(roots) {
                four::<D>(re, im, roots);
            }
        }
    }
}

/// In how many rows of a matrix to lay out n > BLOCK numbers: up to ROWS, the rows with an even power of two of numbers.
fn rows(n: usize) -> usize {
    let most = if is_odd_power(n) { ROWS / 2 } else { ROWS };
    most.min(n / BLOCK)
}

fn is_odd_power(n: usize) -> bool {
    n.trailing_zeros() % 2 == 1
}

fn parts<'a>(re: &'a mut [f64], im: &'a mut [f64], n: usize) -> impl Iterator<Item = (&'a mut [f64], &'a mut [f64])> {
    re.chunks_exact_mut(n).zip(im.chunks_exact_mut(n))
}

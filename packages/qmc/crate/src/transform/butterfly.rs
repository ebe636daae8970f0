#![forbid(unsafe_code)]
//! One level of the Fourier transforms: blocks of four parts, two columns at a time.

use super::lanes::{Pair, quarters};
use super::roots::{Root, TwoBlocks};

/// Complex numbers, two at once.
pub(super) type Complex = (Pair, Pair);

/// Which way a transform goes between a polynomial modulo X^4q − w⁴, the quarters of whose coefficients are the four parts of a
/// block, and its remainders modulo X^q − w, X^q + w, X^q − iw and X^q + iw. Neither way is scaled.
pub(super) trait Direction {
    /// From the polynomial to the remainders, and so from the whole to small blocks.
    const SPLITS: bool;

    /// With w = 1.
    fn plain(x: [Complex; 4]) -> [Complex; 4];

    /// With w, w², w³.
    fn rooted(x: [Complex; 4], roots: [Complex; 3]) -> [Complex; 4];
}

/// The inverse transform, to bit-reversed order.
pub(super) struct Split;

/// The transform from bit-reversed order.
pub(super) struct Join;

impl Direction for Split {
    const SPLITS: bool = true;

    #[inline(always)]
    fn plain([q0, q1, q2, q3]: [Complex; 4]) -> [Complex; 4] {
        let (s, d) = (add(q0, q2), subtract(q0, q2));
        let (e, f) = (add(q1, q3), subtract(q1, q3));
        [add(s, e), subtract(s, e), (d.0 - f.1, d.1 + f.0), (d.0 + f.1, d.1 - f.0)]
    }

    #[inline(always)]
    fn rooted([q0, q1, q2, q3]: [Complex; 4], [w1, w2, w3]: [Complex; 3]) -> [Complex; 4] {
        Self::plain([q0, multiply(q1, w1), multiply(q2, w2), multiply(q3, w3)])
    }
}

impl Direction for Join {
    const SPLITS: bool = false;

    #[inline(always)]
    fn plain([y0, y1, y2, y3]: [Complex; 4]) -> [Complex; 4] {
        let (s, d) = (add(y0, y1), subtract(y0, y1));
        let (e, f) = (add(y2, y3), subtract(y2, y3));
        [add(s, e), (d.0 + f.1, d.1 - f.0), subtract(s, e), (d.0 - f.1, d.1 + f.0)]
    }

    #[inline(always)]
    fn rooted(y: [Complex; 4], [w1, w2, w3]: [Complex; 3]) -> [Complex; 4] {
        let [q0, q1, q2, q3] = Self::plain(y);
        [q0, multiply_conjugate(q1, w1), multiply_conjugate(q2, w2), multiply_conjugate(q3, w3)]
    }
}

/// Applies `level` to each column of the four parts, two columns at a time.
#[inline(always)]
fn each_column(re: &mut [f64], im: &mut [f64], level: impl Fn([Complex; 4]) -> [Complex; 4]) {
    let ([r0, r1, r2, r3], [i0, i1, i2, i3]) = (quarters(re), quarters(im));
    let re = r0.iter_mut().zip(r1).zip(r2).zip(r3);
    let im = i0.iter_mut().zip(i1).zip(i2).zip(i3);
    for ((((r0, r1), r2), r3), (((i0, i1), i2), i3)) in re.zip(im) {
        let x = [(*r0, *i0), (*r1, *i1), (*r2, *i2), (*r3, *i3)];
        let [a, b, c, d] = level(x.map(|(re, im)| (Pair::of(re), Pair::of(im))));
        (*r0, *i0) = (a.0.array(), a.1.array());
        (*r1, *i1) = (b.0.array(), b.1.array());
        (*r2, *i2) = (c.0.array(), c.1.array());
        (*r3, *i3) = (d.0.array(), d.1.array());
    }
}

/// One block; a part has an even length.
#[inline(always)]
pub(super) fn four<D: Direction>(re: &mut [f64], im: &mut [f64], roots: [Complex; 3]) {
    each_column(re, im, |x| D::rooted(x, roots));
}

/// One block with w = 1, times `scale`.
#[inline(never)]
pub(super) fn four_plain<D: Direction>(re: &mut [f64], im: &mut [f64], scale: f64) {
    let scale = Pair::both(scale);
    each_column(re, im, |x| D::plain(x).map(|(re, im)| (re * scale, im * scale)));
}

/// One block of two parts with w = 1, times `scale`, of one component: either direction.
#[inline(never)]
pub(super) fn two_plain(x: &mut [f64], scale: f64) {
    let (scale, half) = (Pair::both(scale), x.len() / 4);
    let (low, high) = x.as_chunks_mut().0.split_at_mut(half);
    for (u, v) in low.iter_mut().zip(high) {
        let (a, b) = (Pair::of(*u), Pair::of(*v));
        (*u, *v) = (((a + b) * scale).array(), ((a - b) * scale).array());
    }
}

/// The roots of the first block and those of the second.
#[inline(always)]
pub(super) fn apart(roots: [Complex; 3]) -> [[Complex; 3]; 2] {
    [roots.map(|(c, s)| (c.firsts(c), s.firsts(s))), roots.map(|(c, s)| (c.seconds(c), s.seconds(s)))]
}

/// Blocks of four numbers, two blocks at a time.
#[inline(never)]
pub(super) fn numbers<D: Direction, const NEAR: bool>(
    re: &mut [f64],
    im: &mut [f64],
    table: &[TwoBlocks],
    near: [Complex; 3],
) {
    let blocks = re.as_chunks_mut().0.iter_mut().zip(im.as_chunks_mut().0);
    for ((re, im), two) in blocks.zip(table) {
        let ([r0, r1, r2, r3], [i0, i1, i2, i3]) = (two_blocks(re), two_blocks(im));
        let x = [(r0, i0), (r1, i1), (r2, i2), (r3, i3)];
        let [a, b, c, d] = D::rooted(x, roots_of::<NEAR>(two, near));
        *re = eight_numbers([a.0, b.0, c.0, d.0]);
        *im = eight_numbers([a.1, b.1, c.1, d.1]);
    }
}

/// w, w² and w³ of two blocks: those of the table, when NEAR times numbers near 1.
#[inline(always)]
pub(super) fn roots_of<const NEAR: bool>(two: &TwoBlocks, near: [Complex; 3]) -> [Complex; 3] {
    let [c1, s1, c2, s2, c3, s3] = two.map(Pair::of);
    let roots = [(c1, s1), (c2, s2), (c3, s3)];
    if NEAR { [0, 1, 2].map(|k| multiply(roots[k], near[k])) } else { roots }
}

#[inline(always)]
pub(super) fn splat(roots: [Root; 3]) -> [Complex; 3] {
    roots.map(|(c, s)| (Pair::both(c), Pair::both(s)))
}

#[inline(always)]
fn two_blocks(x: &[f64; 8]) -> [Pair; 4] {
    let [a, b, c, d] = [[x[0], x[1]], [x[2], x[3]], [x[4], x[5]], [x[6], x[7]]].map(Pair::of);
    [a.firsts(c), a.seconds(c), b.firsts(d), b.seconds(d)]
}

#[inline(always)]
fn eight_numbers([a, b, c, d]: [Pair; 4]) -> [f64; 8] {
    let [p, q, r, s] = [a.firsts(b), c.firsts(d), a.seconds(b), c.seconds(d)].map(Pair::array);
    [p[0], p[1], q[0], q[1], r[0], r[1], s[0], s[1]]
}

#[inline(always)]
fn add(a: Complex, b: Complex) -> Complex {
    (a.0 + b.0, a.1 + b.1)
}

#[inline(always)]
fn subtract(a: Complex, b: Complex) -> Complex {
    (a.0 - b.0, a.1 - b.1)
}

#[inline(always)]
fn multiply((x, y): Complex, (c, s): Complex) -> Complex {
    (x * c - y * s, y * c + x * s)
}

#[inline(always)]
fn multiply_conjugate((x, y): Complex, (c, s): Complex) -> Complex {
    (x * c + y * s, y * c - x * s)
}

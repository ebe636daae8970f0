#![forbid(unsafe_code)]
//! Points of digital nets after a nested uniform scramble, keyed or by a tree.

use crate::net::{HIGH, LOW, nearest};
use crate::spread::Spread;
use crate::{Fractions, Net, Owen, OwenTree, Points, SeedSequence, scrambled_bits};
use gossamer_rust_kit::{Blocks, Refusal, zeroed};
use std::ops::Range;

/// A net with the keyed scramble, of order α by interlacing what was scrambled.
#[derive(Debug)]
pub struct OwenNet {
    net: Net,
    owen: Owen,
    spread: Spread,
    dimension: usize,
    alpha: usize,
    scratch: Vec<u64>,
}

/// Scrambled coordinates of a block, unless one point has more: they stay in a first-level cache.
const BLOCK: usize = 1 << 11;

impl OwenNet {
    /// `columns` is (m, α·dimension), as of [`Net::new`]; about `count` points will be asked for.
    pub fn new(
        columns: Vec<u64>,
        dimension: usize,
        alpha: usize,
        seed: &SeedSequence,
        count: u64,
    ) -> Result<Self, Refusal> {
        let width = alpha * dimension;
        Ok(Self {
            net: Net::new(columns, zeroed("shift", width)?)?,
            owen: Owen::new(seed, width, count)?,
            spread: Spread::new(alpha),
            dimension,
            alpha,
            scratch: zeroed("points", (BLOCK / width).max(1) * width)?,
        })
    }

    fn each<T>(&mut self, range: Range<u64>, out: &mut [T], convert: impl Fn(u64) -> T) {
        let width = self.alpha * self.dimension;
        let mut rest = out;
        for block in Blocks::new(range, (self.scratch.len() / width) as u64) {
            let rows = (block.end - block.start) as usize;
            let scratch = &mut self.scratch[..rows * width];
            self.net.fill_u64(block, scratch);
            self.owen.scramble(scratch);
            let (now, later) = rest.split_at_mut(rows * self.dimension);
            if self.alpha == 1 {
                now.iter_mut().zip(scratch).for_each(|(out, &mut x)| *out = convert(x));
            } else {
                for (out, parts) in now.iter_mut().zip(scratch.chunks_exact(self.alpha)) {
                    *out = convert(parts.iter().enumerate().map(|(r, &x)| self.spread.part(r, x)).sum());
                }
            }
            rest = later;
        }
    }
}

impl Points for OwenNet {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        self.each(range, out, double);
    }

    fn fill_f32(&mut self, range: Range<u64>, _: &mut [f64], out: &mut [f32]) {
        self.each(range, out, single);
    }
}

impl Fractions for OwenNet {
    fn fill_u64(&mut self, range: Range<u64>, out: &mut [u64]) {
        self.each(range, out, |x| x);
    }
}

/// A range of a net's points with QMCPy's scramble.
#[derive(Debug)]
pub struct OwenTreeNet {
    dimension: usize,
    start: u64,
    points: Vec<u64>,
}

/// Points that a tree is fed at a time.
const STRETCH: u64 = 1 << 11;

impl OwenTreeNet {
    /// Points of the net with these columns, (m, α·dimension), of `bits` digits each. `seeds` says where each of the α·dimension
    /// trees gets its draws. Takes all points before the range as well, and holds one tree at a time.
    pub fn new(
        columns: &[u64],
        (dimension, alpha, bits): (usize, usize, u32),
        seeds: impl Fn(usize) -> SeedSequence,
        range: Range<u64>,
    ) -> Result<Self, Refusal> {
        let bits = scrambled_bits(bits);
        let width = alpha * dimension;
        let spread = Spread::new(alpha);
        let length = (range.end - range.start).saturating_mul(dimension as u64);
        let mut points = zeroed("points", usize::try_from(length).unwrap_or(usize::MAX))?;
        let mut stretch = zeroed("points", STRETCH as usize)?;
        for base in 0..width {
            let mut column = zeroed("matrices", columns.len() / width)?;
            column.iter_mut().zip(columns[base..].iter().step_by(width)).for_each(|(to, &from)| *to = from);
            let mut net = Net::new(column, vec![0])?;
            let mut tree = OwenTree::new(&seeds(base), bits)?;
            for block in Blocks::new(0..range.end, STRETCH) {
                let stretch = &mut stretch[..(block.end - block.start) as usize];
                net.fill_u64(block.clone(), stretch);
                for (i, &mut x) in block.zip(stretch) {
                    let x = spread.part(base % alpha, tree.scramble(x)?);
                    if i >= range.start {
                        points[(i - range.start) as usize * dimension + base / alpha] |=
                            x >> (64 - bits) << (64 - bits);
                    }
                }
            }
        }
        Ok(Self { dimension, start: range.start, points })
    }

    fn each<T>(&self, range: Range<u64>, out: &mut [T], convert: impl Fn(u64) -> T) {
        let first = (range.start - self.start) as usize * self.dimension;
        out.iter_mut().zip(&self.points[first..]).for_each(|(out, &x)| *out = convert(x));
    }
}

impl Points for OwenTreeNet {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fill(&mut self, range: Range<u64>, out: &mut [f64]) {
        self.each(range, out, double);
    }

    fn fill_f32(&mut self, range: Range<u64>, _: &mut [f64], out: &mut [f32]) {
        self.each(range, out, single);
    }
}

impl Fractions for OwenTreeNet {
    fn fill_u64(&mut self, range: Range<u64>, out: &mut [u64]) {
        self.each(range, out, |x| x);
    }
}

/// X·2^−64 in the nearest double below 1.
fn double(x: u64) -> f64 {
    nearest(HIGH.to_bits() | x >> 32, LOW.to_bits() | x & 0xffff_ffff)
}

/// X·2^−64 cut to 24 bits.
fn single(x: u64) -> f32 {
    const TWO_POW_M24: f32 = 1.0 / (1u32 << 24) as f32;
    (x >> 40) as i32 as f32 * TWO_POW_M24
}

#![forbid(unsafe_code)]
//! L2 discrepancies of n points in [0, 1]^d: c − (2/n)·Σ_i Π_j single(x_ij) + n⁻²·Σ_i Σ_k Π_j factor(x_ij, x_kj).

use crate::discrepancy_forms::{Centered, Form, Mixture, Star, WrapAround, with_form};
use crate::pair::Pair;
use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Range;

/// Which discrepancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// CD²
    Centered,
    /// WD²
    WrapAround,
    /// MD²
    Mixture,
    /// L2*²
    Star,
}

/// Points per tile: one point against a tile fills four registers.
const TILE: usize = 8;
/// One coordinate of a tile's points, prepared: two numbers of each, in pairs of points.
type Coordinate = [[[f64; 2]; TILE / 2]; 2];
/// Factors per piece of work, about: some tens of microseconds.
const PIECE: usize = 1 << 16;

/// The discrepancy of a point set, computed piece by piece. Each pair of different points is visited once.
#[derive(Debug)]
pub struct Discrepancy {
    kind: Kind,
    n: usize,
    d: usize,
    /// Tile by tile, coordinate by coordinate.
    prepared: Vec<Coordinate>,
    /// Σ_i Π_j single(x_ij)
    singles: Sum,
    /// Σ_i Σ_k Π_j factor(x_ij, x_kj) of what was visited.
    pairs: Sum,
    /// The next piece: a tile against tiles from itself on.
    row: usize,
    column: usize,
}

impl Discrepancy {
    /// `points` are (n, d), row-major, in [0, 1].
    pub fn new(kind: Kind, points: &[f64], d: usize) -> Result<Self, Refusal> {
        with_form!(kind, F => Self::prepare::<F>(kind, points, d))
    }

    fn prepare<F: Form>(kind: Kind, points: &[f64], d: usize) -> Result<Self, Refusal> {
        let n = points.len() / d;
        let mut prepared: Vec<Coordinate> = zeroed("points", n.div_ceil(TILE) * d)?;
        let mut singles = Sum::default();
        for (i, point) in points.chunks_exact(d).enumerate() {
            let tile = &mut prepared[i / TILE * d..];
            for (coordinate, &x) in tile.iter_mut().zip(point) {
                let [a, b] = F::prepare(x);
                coordinate[0][i % TILE / 2][i % 2] = a;
                coordinate[1][i % TILE / 2][i % 2] = b;
            }
            singles.add(point.iter().map(|&x| F::single(x)).product());
        }
        Ok(Self { kind, n, d, prepared, singles, pairs: Sum::default(), row: 0, column: 0 })
    }

    /// Does the next piece; whether there was one.
    pub fn advance(&mut self) -> bool {
        let tiles = self.n.div_ceil(TILE);
        if self.row == tiles {
            return false;
        }
        let width = (PIECE / (TILE * TILE * self.d)).max(1);
        let columns = self.column..tiles.min(self.column + width);
        let sum = with_form!(self.kind, F => self.piece::<F>(columns.clone()));
        self.pairs.add(sum);
        self.column = columns.end;
        if self.column == tiles {
            self.row += 1;
            self.column = self.row;
        }
        true
    }

    /// The part of all pairs that was visited.
    pub fn progress(&self) -> f64 {
        let (tiles, row) = (self.n.div_ceil(TILE) as f64, self.row as f64);
        let rest = (tiles - row) * (tiles - row + 1.0) / 2.0 - (self.column - self.row) as f64;
        1.0 - rest / (tiles * (tiles + 1.0) / 2.0)
    }

    /// The discrepancy, squared, once nothing is left to visit.
    pub fn value(&self) -> f64 {
        with_form!(self.kind, F => value::<F>(self.n, self.d, self.singles.total(), self.pairs.total()))
    }

    /// One tile of points against some tiles: the pairs of its own points twice over, hence the others doubled.
    fn piece<F: Form>(&self, columns: Range<usize>) -> f64 {
        let Self { n, d, row, .. } = *self;
        let tile = |t: usize| &self.prepared[t * d..(t + 1) * d];
        let mut total = 0.0;
        for i in 0..TILE.min(n - row * TILE) {
            let mut own = [Pair::splat(0.0); TILE / 2];
            let mut other = own;
            for column in columns.clone() {
                let mut products = products::<F>(tile(row), i, tile(column));
                let points = n - column * TILE;
                if points < TILE {
                    for (k, product) in products.iter_mut().enumerate() {
                        let there = [2 * k, 2 * k + 1].map(|k| f64::from(k < points));
                        *product = *product * Pair::new(there);
                    }
                }
                let sums = if column == row { &mut own } else { &mut other };
                for (sum, product) in sums.iter_mut().zip(products) {
                    *sum = *sum + product;
                }
            }
            total += across(own) + 2.0 * across(other);
        }
        total
    }
}

/// The squared discrepancy of n + 1 points from that of the first n, in O(n·d).
pub fn updated(kind: Kind, points: &[f64], point: &[f64], value: f64) -> f64 {
    with_form!(kind, F => update::<F>(points, point, value))
}

fn update<F: Form>(points: &[f64], point: &[f64], before: f64) -> f64 {
    let d = point.len();
    let n = points.len() / d;
    let single = |x: &[f64]| x.iter().map(|&x| F::single(x)).product::<f64>();
    let pair = |x: &[f64]| {
        let factors = x
            .iter()
            .zip(point)
            .map(|(&x, &y)| F::factor(F::prepare(x).map(Pair::splat), F::prepare(y).map(Pair::splat)));
        factors.fold(Pair::splat(1.0), |product, factor| product * factor).lanes()[0]
    };
    let (mut singles, mut pairs) = (Sum::default(), Sum::default());
    for x in points.chunks_exact(d) {
        singles.add(single(x));
        pairs.add(2.0 * pair(x));
    }
    let old = n as f64 * (n as f64 * (before - F::constant(d as i32)) + 2.0 * singles.total()); // Σ Σ of the first n
    singles.add(single(point));
    pairs.add(pair(point));
    pairs.add(old);
    value::<F>(n + 1, d, singles.total(), pairs.total())
}

fn value<F: Form>(n: usize, d: usize, singles: f64, pairs: f64) -> f64 {
    let n = n as f64;
    let mut value = Sum::default();
    value.add(F::constant(d as i32));
    value.add(-2.0 * singles / n);
    value.add(pairs / n / n);
    value.total()
}

/// Π_j factor(x_ij, x_kj) of point i of a tile and all points k of another.
#[inline(always)]
fn products<F: Form>(tile: &[Coordinate], i: usize, other: &[Coordinate]) -> [Pair; TILE / 2] {
    let mut products = [Pair::splat(1.0); TILE / 2];
    for ([a, b], [c, d]) in tile.iter().zip(other) {
        let (a, b) = (Pair::splat(a[i / 2][i % 2]), Pair::splat(b[i / 2][i % 2]));
        for (product, (c, d)) in products.iter_mut().zip(c.iter().zip(d)) {
            *product = *product * F::factor([a, b], [Pair::new(*c), Pair::new(*d)]);
        }
    }
    products
}

fn across([a, b, c, d]: [Pair; TILE / 2]) -> f64 {
    let [low, high] = ((a + b) + (c + d)).lanes();
    low + high
}

/// A sum that keeps what each addition rounds off (A. Neumaier, ZAMM 54, 1974).
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    sum: f64,
    rest: f64,
}

impl Sum {
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        self.rest += if self.sum.abs() >= term.abs() { (self.sum - sum) + term } else { (term - sum) + self.sum };
        self.sum = sum;
    }

    fn total(self) -> f64 {
        self.sum + self.rest
    }
}

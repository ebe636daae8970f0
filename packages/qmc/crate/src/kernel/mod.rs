#![forbid(unsafe_code)]
//! Kernels that are a product over the coordinates, K(x, z) = S·Π_j (1 + γ_j K̃_j(x_j ∘ z_j)), where ∘ is the difference
//! modulo 1 (shift-invariant) or the digitwise exclusive or (digitally-shift-invariant). Coordinates are 64-bit fractions,
//! X·2^−64, so the differences are exact. The scale S is left to the caller.

mod bernoulli;
mod walsh;

use bernoulli::Periodic;
use gossamer_rust_kit::{Refusal, reserved, zeroed};
use std::rc::Rc;
use walsh::Walsh;

/// The largest α: 5 for shift-invariant kernels, 4 for digitally-shift-invariant ones.
pub const MAX_ALPHA: usize = 5;

/// Points per step: two arrays of them stay in a first-level cache.
const CHUNK: usize = 512;

/// The orders β₀, β₁ of the derivatives by x and z in one coordinate.
pub type Orders = [usize; 2];

/// One coordinate's K̃.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Periodic(Periodic),
    Walsh(Walsh),
}

impl Shape {
    fn fill(&self, x: &[u64], z: u64, out: &mut [f64]) {
        match self {
            Self::Periodic(shape) => shape.fill(x, z, out),
            Self::Walsh(shape) => shape.fill(x, z, out),
        }
    }

    fn difference(&self, x: u64, z: u64) -> u64 {
        match self {
            Self::Periodic(_) => x.wrapping_sub(z),
            Self::Walsh(_) => x ^ z,
        }
    }
}

/// A product kernel.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// Coordinates that are alike share one.
    shapes: Vec<Rc<Shape>>,
    weights: Vec<f64>,
    /// 1, or 0 in a coordinate with derivatives.
    constants: Vec<f64>,
}

impl Kernel {
    /// K̃_j = Σ_α mix_{jα}·K̃_α of Bernoulli polynomials; `weights` are γ. Without `orders`, no derivatives.
    pub fn shift_invariant(
        mix: &[[f64; MAX_ALPHA]],
        orders: Option<&[Orders]>,
        weights: Vec<f64>,
    ) -> Result<Self, Refusal> {
        Self::new(weights, orders, mix, |mix, orders| Ok(Shape::Periodic(Periodic::new(mix, orders))))
    }

    /// K̃_j = Σ_α mix_{jα}·K̃_α of Walsh functions.
    pub fn digital(mix: &[[f64; MAX_ALPHA]], orders: Option<&[Orders]>, weights: Vec<f64>) -> Result<Self, Refusal> {
        Self::new(weights, orders, mix, |mix, orders| Ok(Shape::Walsh(Walsh::new(mix, orders[0] + orders[1])?)))
    }

    /// Walsh functions of real smoothness α_j > 0.
    pub fn adaptive(alpha: &[f64], weights: Vec<f64>) -> Result<Self, Refusal> {
        Self::new(weights, None, alpha, |&alpha, _| Ok(Shape::Walsh(Walsh::adaptive(alpha)?)))
    }

    fn new<P: PartialEq>(
        weights: Vec<f64>,
        orders: Option<&[Orders]>,
        parameters: &[P],
        make: impl Fn(&P, Orders) -> Result<Shape, Refusal>,
    ) -> Result<Self, Refusal> {
        let order = |j: usize| orders.map_or([0, 0], |orders| orders[j]);
        let mut shapes: Vec<Rc<Shape>> = reserved("kernel", weights.len())?;
        let mut constants = zeroed("kernel", weights.len())?;
        let mut kinds: Vec<usize> = reserved("kernel", weights.len())?; // the first coordinates of each kind
        for j in 0..weights.len() {
            let alike = |&&k: &&usize| parameters[k] == parameters[j] && order(k) == order(j);
            let shape = match kinds.iter().find(alike) {
                Some(&k) => shapes[k].clone(),
                None => {
                    kinds.push(j);
                    Rc::new(make(&parameters[j], order(j))?)
                }
            };
            shapes.push(shape);
            constants[j] = if order(j) == [0, 0] { 1.0 } else { 0.0 };
        }
        Ok(Self { shapes, weights, constants })
    }

    /// d
    pub fn dimension(&self) -> usize {
        self.weights.len()
    }

    /// γ
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// K̃_j(x_ij ∘ z_j) of every point of `x`; `out` is as long.
    pub fn part(&self, j: usize, x: &Columns, z: &[u64], out: &mut [f64]) {
        self.shapes[j].fill(x.column(j), z[j], out);
    }

    /// K(x_i, z) / S of every point of `x`.
    pub fn row(&self, x: &Columns, z: &[u64], out: &mut [f64]) {
        out.fill(1.0);
        self.each_part(x, z, out, |product, j, part| {
            let (one, gamma) = (self.constants[j], self.weights[j]);
            product.iter_mut().zip(part).for_each(|(product, part)| *product *= one + gamma * part);
        });
    }

    /// x_ij ← x_ij ∘ z_ij, point by point.
    pub fn differences(&self, x: &mut [u64], z: &[u64]) {
        let shapes = self.shapes.iter().cycle();
        x.iter_mut().zip(z).zip(shapes).for_each(|((x, &z), shape)| *x = shape.difference(*x, z));
    }

    /// K(x_i, z) / S − 1 of every point of `x` without the cancellation of that difference; no derivatives.
    pub fn row_minus_one(&self, x: &Columns, z: &[u64], out: &mut [f64]) {
        out.fill(0.0);
        self.each_part(x, z, out, |v, j, part| times_one_plus(v, self.weights[j], part));
    }

    /// Calls `step` with parts of `out`, each coordinate j, and its K̃_j there.
    fn each_part(&self, x: &Columns, z: &[u64], out: &mut [f64], step: impl Fn(&mut [f64], usize, &[f64])) {
        let mut room = [0.0; CHUNK];
        for (at, out) in out.chunks_mut(CHUNK).enumerate() {
            let part = &mut room[..out.len()];
            for (j, (shape, &z)) in self.shapes.iter().zip(z).enumerate() {
                shape.fill(&x.column(j)[at * CHUNK..], z, part);
                step(out, j, part);
            }
        }
    }
}

/// v ← v(1 + p) + p for p = γ·part, so that 1 + v is multiplied by 1 + p.
pub fn times_one_plus(v: &mut [f64], gamma: f64, part: &[f64]) {
    for (v, part) in v.iter_mut().zip(part) {
        let p = gamma * part;
        *v += *v * p + p;
    }
}

/// Points as 64-bit fractions, one coordinate after the other.
#[derive(Debug)]
pub struct Columns {
    fractions: Vec<u64>,
    points: usize,
}

impl Columns {
    /// Of fractions that come point by point.
    pub fn new(rows: &[u64], dimension: usize) -> Result<Self, Refusal> {
        let points = rows.len() / dimension;
        let mut fractions = zeroed("points", rows.len())?;
        for (j, column) in fractions.chunks_exact_mut(points.max(1)).enumerate() {
            column.iter_mut().zip(rows[j..].iter().step_by(dimension)).for_each(|(to, from)| *to = *from);
        }
        Ok(Self { fractions, points })
    }

    /// How many points they are.
    pub fn points(&self) -> usize {
        self.points
    }

    fn column(&self, j: usize) -> &[u64] {
        &self.fractions[j * self.points..(j + 1) * self.points]
    }
}

/// x in [0, 1) as a 64-bit fraction: exact from 2^−11 on, and cut at 2^−64 below.
pub fn fraction(x: f64) -> u64 {
    const TWO_POW_64: f64 = (1u128 << 64) as f64;
    (x * TWO_POW_64) as u64
}

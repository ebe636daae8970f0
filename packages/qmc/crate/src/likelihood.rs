#![forbid(unsafe_code)]
//! The marginal likelihood of a Gaussian process on a group of points, and its exact gradient, in O(n log n + n d).

use crate::gram::Group;
use crate::kernel::{Columns, Kernel, times_one_plus};
use gossamer_rust_kit::{Refusal, zeroed};

/// Eigenvalues below this share of the largest are raised to it: they are lost in the rounding of the transform.
const FLOOR: f64 = 100.0 * f64::EPSILON;

/// Points per step of the products over the coordinates.
const CHUNK: usize = 128;

/// What does not depend on the hyper-parameters: K̃_j(x_i ∘ x_0), and the data's energies |T y|².
#[derive(Debug)]
pub struct Likelihood {
    group: Group,
    /// (d, n)
    parts: Vec<f64>,
    filled: usize,
    energies: Vec<f64>,
    /// Room for the first column, the eigenvalues, then the gradient by the column.
    column: Vec<f64>,
}

/// log p(y) at some hyper-parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// log p(y)
    pub value: f64,
    /// S: as given, or the most likely one.
    pub scale: f64,
    /// ∂/∂log γ_j, then ∂/∂log S at the same σ², then ∂/∂log σ².
    pub gradient: Vec<f64>,
}

impl Likelihood {
    /// `spectrum` is T y; the mean of y, its first entry, is the prior's and does not count.
    pub fn new(group: Group, spectrum: &[f64], dimension: usize) -> Result<Self, Refusal> {
        let n = spectrum.len();
        let mut energies = zeroed("spectrum", n)?;
        energies.iter_mut().zip(spectrum).skip(1).for_each(|(energy, value)| *energy = value * value);
        let parts = zeroed("kernel", n.saturating_mul(dimension))?;
        Ok(Self { group, parts, filled: 0, energies, column: zeroed("kernel", n)? })
    }

    /// Takes the next points; x_0 is the first of them all.
    pub fn add(&mut self, kernel: &Kernel, points: &Columns, x0: &[u64]) {
        let (n, start) = (self.energies.len(), self.filled);
        self.filled += points.points();
        for (j, part) in self.parts.chunks_exact_mut(n).enumerate() {
            kernel.part(j, points, x0, &mut part[start..self.filled]);
        }
    }

    /// log p(y) with weights γ, scale S (without one, the most likely) and noise of the variance σ² = `ratio`·S.
    pub fn evaluate(&mut self, weights: &[f64], scale: Option<f64>, ratio: f64) -> Result<Evidence, Refusal> {
        let n = self.energies.len();
        self.first_column(weights);
        let spectrum = &mut self.column;
        self.group.forward(spectrum);
        let root = (n as f64).sqrt();
        spectrum.iter_mut().for_each(|value| *value *= root);
        spectrum[0] += n as f64;
        let (peak, most) = spectrum
            .iter()
            .enumerate()
            .fold((0, 0.0), |(at, most), (i, &value)| if value > most { (i, value) } else { (at, most) });
        let largest = most + ratio;
        let floor = FLOOR * largest;
        spectrum.iter_mut().for_each(|value| *value = (*value + ratio).max(floor));
        let quadratic: f64 = sum(spectrum.iter().zip(&self.energies).map(|(lambda, energy)| energy / lambda));
        let scale = scale.unwrap_or(quadratic / n as f64);
        let log_determinant = log_product(spectrum, largest) + n as f64 * (largest * scale).ln();
        let value = -0.5 * (n as f64 * std::f64::consts::TAU.ln() + log_determinant + quadratic / scale);

        // By the eigenvalues of K/S: −½(1/λ − |T y|²/(S λ²)); those on the floor move with the largest one.
        let (mut by_scale, mut by_ratio, mut floored) = (0.0, 0.0, 0.0);
        for (lambda, energy) in spectrum.iter_mut().zip(&self.energies) {
            let slope = -0.5 * (1.0 - energy / (scale * *lambda)) / *lambda;
            by_scale += slope * *lambda;
            let free = *lambda > floor;
            floored += if free { 0.0 } else { slope };
            by_ratio += if free { slope } else { 0.0 };
            *lambda = if free { slope } else { 0.0 };
        }
        spectrum[peak] += FLOOR * floored;
        by_ratio = ratio * (by_ratio + FLOOR * floored);
        self.group.backward(spectrum);
        let mut gradient = zeroed("gradient", weights.len() + 2)?;
        self.by_weights(weights, &mut gradient)?;
        gradient.iter_mut().for_each(|slope| *slope *= root);
        gradient[weights.len()] = by_scale - by_ratio;
        gradient[weights.len() + 1] = by_ratio;
        Ok(Evidence { value, scale, gradient })
    }

    /// K(x_i, x_0)/S − 1
    fn first_column(&mut self, weights: &[f64]) {
        let n = self.energies.len();
        for (at, column) in self.column.chunks_mut(CHUNK).enumerate() {
            column.fill(0.0);
            for (&gamma, part) in weights.iter().zip(self.parts.chunks_exact(n)) {
                times_one_plus(column, gamma, &part[at * CHUNK..][..column.len()]);
            }
        }
    }

    /// gradient_j = Σ_i c_i·γ_j K̃_ij·Π_{l≠j} (1 + γ_l K̃_il), where the column holds c.
    fn by_weights(&self, weights: &[f64], gradient: &mut [f64]) -> Result<(), Refusal> {
        let n = self.energies.len();
        let mut before = zeroed("gradient", weights.len() * CHUNK)?; // c·Π_{l<j}
        for (at, column) in self.column.chunks(CHUNK).enumerate() {
            let mut running = [0.0; CHUNK];
            let length = column.len();
            running[..length].copy_from_slice(column);
            let part = |j: usize| &self.parts[j * n + at * CHUNK..][..length];
            for (j, &gamma) in weights.iter().enumerate() {
                before[j * CHUNK..][..length].copy_from_slice(&running[..length]);
                running.iter_mut().zip(part(j)).for_each(|(product, part)| *product *= 1.0 + gamma * part);
            }
            running.fill(1.0); // Π_{l>j}
            for (j, &gamma) in weights.iter().enumerate().rev() {
                let products = before[j * CHUNK..][..length].iter().zip(part(j)).zip(&running);
                gradient[j] += gamma * sum(products.map(|((before, part), after)| before * part * after));
                running.iter_mut().zip(part(j)).for_each(|(product, part)| *product *= 1.0 + gamma * part);
            }
        }
        Ok(())
    }
}

/// log Π_i value_i / largest. The factors are above [`FLOOR`], so the product of 16 is above 10^−219.
fn log_product(values: &[f64], largest: f64) -> f64 {
    sum(values.chunks(16).map(|values| values.iter().map(|value| value / largest).product::<f64>().ln()))
}

/// A sum in eight lanes, so that its rounding grows with a part of the length.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut lanes = [0.0; 8];
    values.enumerate().for_each(|(i, value)| lanes[i % 8] += value);
    lanes.iter().sum()
}

#![forbid(unsafe_code)]
//! The search for a Korobov lattice: one number makes the whole generating vector.

use gossamer_rust_kit::{Refusal, zeroed};
use std::f64::consts::PI;

/// The a that minimises P_2 of the lattice (1, a, a², …) of n points with the weights γ_j = 1/j²:
///
/// P_2 = −1 + 1/n Σ_k Π_j (1 + γ_j ω(k a^(j−1) / n)), ω(x) = 2π²(x² − x + 1/6),
///
/// among those coprime to n. a and n − a are equally good, and of equals the lowest is taken.
pub fn korobov_multiplier(size: u32, dimension: usize) -> Result<u32, Refusal> {
    let n = size as usize;
    let mut omega = zeroed("multiplier", n)?;
    for (k, w) in omega.iter_mut().enumerate() {
        let x = k as f64 / n as f64;
        *w = 2.0 * PI * PI * (x * x - x + 1.0 / 6.0);
    }
    let mut products = zeroed("multiplier", n / 2 + 1)?;
    let mut best = (1, f64::MAX);
    for a in (1..=(size / 2).max(1)).filter(|&a| coprime(a, size)) {
        let merit = merit(a as usize, dimension, &omega, &mut products, best.1);
        // equals differ by rounding: of the means, which lie near 1, and relatively
        if merit < best.1 - (4e-15 + 1e-12 * best.1) {
            best = (a, merit);
        }
    }
    Ok(best.0)
}

/// P_2 for one a, or a lower bound of it that is over `limit`: every coordinate adds to it.
fn merit(a: usize, dimension: usize, omega: &[f64], products: &mut [f64], limit: f64) -> f64 {
    let n = omega.len();
    let (mut z, mut merit) = (1 % n, 0.0);
    products.fill(1.0);
    for j in 1..=dimension {
        let weight = 1.0 / (j * j) as f64;
        let (mut at, mut sum) = (0, 0.0);
        for product in products.iter_mut() {
            *product *= 1.0 + weight * omega[at];
            sum += *product;
            at += z;
            at -= if at >= n { n } else { 0 };
        }
        // k and n − k are mirror images; 0 is its own, and so is n/2
        let own = products[0] + if n.is_multiple_of(2) { products[n / 2] } else { 0.0 };
        merit = (2.0 * sum - own) / n as f64 - 1.0;
        if merit > limit {
            break;
        }
        z = z * a % n;
    }
    merit
}

fn coprime(a: u32, b: u32) -> bool {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

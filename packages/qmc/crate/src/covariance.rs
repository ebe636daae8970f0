#![forbid(unsafe_code)]
//! Factors of covariance matrices: A with AAᵀ = Σ.

use crate::eigen::symmetric_eigen;
use gossamer_rust_kit::{Refusal, zeroed};

/// A = V√Λ row by row: eigenvalues in descending order, the first entry of each eigenvector that is no rounding error
/// positive. Refuses a matrix with a negative eigenvalue. `covariance` is symmetric, finite and (d, d).
pub fn principal_factor(covariance: &[f64], d: usize) -> Result<Vec<f64>, Refusal> {
    let mut factor: Vec<f64> = zeroed("covariance", d * d)?;
    factor.copy_from_slice(covariance);
    let eigen = symmetric_eigen(&mut factor, d)?.ok_or_else(|| refuse("a matrix whose eigenvalues can be found"))?;
    let order = descending(&eigen.values)?;
    let noise = d as f64 * f64::EPSILON;
    let least = -64.0 * noise * eigen.values[order[0]].abs(); // more than the rounding of entries can cause
    for (column, &k) in order.iter().enumerate() {
        if eigen.values[k] < least {
            return Err(refuse("a positive semidefinite matrix"));
        }
        let vector = &eigen.vectors[k * d..(k + 1) * d];
        let first = vector.iter().find(|entry| entry.abs() > noise).copied().unwrap_or(1.0);
        let length = eigen.values[k].max(0.0).sqrt().copysign(first);
        for (row, entry) in vector.iter().enumerate() {
            factor[row * d + column] = entry * length;
        }
    }
    Ok(factor)
}

/// Where the values stand in descending order, by counting for each the larger ones.
fn descending(values: &[f64]) -> Result<Vec<usize>, Refusal> {
    let mut order = zeroed("covariance", values.len())?;
    for (k, value) in values.iter().enumerate() {
        let before = values.iter().enumerate().filter(|&(j, other)| other > value || other == value && j < k);
        order[before.count()] = k;
    }
    Ok(order)
}

/// The lower triangular A with a positive diagonal, by Cholesky's method. Refuses a matrix that is not positive definite,
/// or as near to it as rounding is.
pub fn triangular_factor(covariance: &[f64], d: usize) -> Result<Vec<f64>, Refusal> {
    let mut factor: Vec<f64> = zeroed("covariance", d * d)?;
    for i in 0..d {
        for j in 0..=i {
            let (row, other) = (&factor[i * d..i * d + j], &factor[j * d..j * d + j]);
            let rest = covariance[i * d + j] - row.iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
            if i > j {
                factor[i * d + j] = rest / factor[j * d + j];
            } else if rest > d as f64 * f64::EPSILON * covariance[i * d + i] {
                factor[i * d + i] = rest.sqrt();
            } else {
                return Err(refuse("a positive definite matrix ('pca' takes a semidefinite one too)"));
            }
        }
    }
    Ok(factor)
}

fn refuse(expected: &str) -> Refusal {
    Refusal::new("bad-value", format!("covariance: expected {expected}"))
}

//! Normal points, and factors of covariances.

use gossamer_qmc::{Gaussian, inverse_cdf, principal_factor, triangular_factor};

/// QMCPy's PCA of this covariance.
const SIGMA: [f64; 4] = [9.0, 4.0, 4.0, 5.0];
const PRINCIPAL: [f64; 4] =
    [2.881_200_368_205_87, 0.835_873_458_276_046_1, 1.780_679_755_949_94, -1.352_471_665_784_56];

fn assert_near(got: &[f64], want: &[f64], bound: f64) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() <= bound, "{got} is not {want}");
    }
}

#[test]
fn factors_of_two_by_two() {
    // written with 15 digits; the condition is 5
    assert_near(&principal_factor(&SIGMA, 2).unwrap(), &PRINCIPAL, 2e-14);
    let lower = [3.0, 0.0, 4.0 / 3.0, (5.0f64 - 16.0 / 9.0).sqrt()];
    assert_near(&triangular_factor(&SIGMA, 2).unwrap(), &lower, 4.0 * f64::EPSILON);
}

#[test]
fn a_diagonal_is_sorted_and_a_zero_is_fine() {
    let diagonal = [4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0];
    let want = [0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0, 0.0];
    assert_eq!(principal_factor(&diagonal, 3).unwrap(), want);
    assert_eq!(triangular_factor(&diagonal, 3).unwrap_err().code(), "bad-value");
    assert_eq!(principal_factor(&[-1.0], 1).unwrap_err().code(), "bad-value");
    assert_eq!(principal_factor(&[1.0, 2.0, 2.0, 1.0], 2).unwrap_err().code(), "bad-value");
}

/// Path of a random walk: the eigenvalues are known, 1/(4 sin²((2k − 1)π/(4d + 2))).
#[test]
fn eigenvalues_of_a_walk() {
    for d in [1, 2, 3, 4, 5, 8, 33, 100] {
        let sigma: Vec<f64> = (0..d * d).map(|e| ((e / d).min(e % d) + 1) as f64).collect();
        let factor = principal_factor(&sigma, d).unwrap();
        let largest = (0..d).map(|i| factor[i * d] * factor[i * d]).sum::<f64>();
        for k in 0..d {
            let value: f64 = (0..d).map(|i| factor[i * d + k] * factor[i * d + k]).sum();
            let angle = (2 * k + 1) as f64 * std::f64::consts::PI / (4 * d + 2) as f64;
            let want = 0.25 / (angle.sin() * angle.sin());
            // backward stable: the error is a few ε of the largest eigenvalue per dimension
            assert!((value - want).abs() <= 8.0 * d as f64 * f64::EPSILON * largest, "d = {d}, k = {k}");
        }
    }
}

#[test]
fn points_are_transformed_whole() {
    let u: Vec<f64> = (0..600).map(|i| (i as f64 + 0.5) / 600.0).collect();
    let z: Vec<f64> = u.iter().map(|&u| inverse_cdf(u)).collect();
    let mut diagonal = u.clone();
    Gaussian::new(&[1.0, 2.0, 3.0], &[0.5, 0.25, 0.125]).unwrap().transform(&mut diagonal);
    let mut full = u.clone();
    Gaussian::new(&[1.0, 2.0], &[2.0, 0.5, -1.0, 0.25]).unwrap().transform(&mut full);
    for i in 0..600 {
        let (mean, deviation) = [(1.0, 0.5), (2.0, 0.25), (3.0, 0.125)][i % 3];
        assert_eq!(diagonal[i], mean + deviation * z[i]);
        let (x, y) = (z[i / 2 * 2], z[i / 2 * 2 + 1]);
        assert_eq!(full[i], if i % 2 == 0 { 1.0 + 2.0 * x + 0.5 * y } else { 2.0 - x + 0.25 * y });
    }
}

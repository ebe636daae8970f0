//! The transforms that make Gram matrices diagonal, against dense matrices.

use gossamer_qmc::{Columns, Group, Kernel, Likelihood, fftbr};

const GROUPS: [Group; 2] = [Group::Lattice, Group::Net];

/// Numbers in [−1, 1) without a pattern.
fn noise(n: usize, salt: u64) -> Vec<f64> {
    let hash = |i: u64| (i + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_mul(i ^ 0xd1b5_4a32_d192_ed03);
    (0..n as u64).map(|i| (hash(i) >> 11) as f64 / 2f64.powi(52) - 1.0).collect()
}

fn close(got: &[f64], want: &[f64], bound: f64) {
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() <= bound, "at {i}: got {got}, want {want}, bound {bound}");
    }
}

/// The rounding of a transform of m levels of values below 1, with norm √n: each level adds a few units of it.
fn bound(n: usize) -> f64 {
    (n.ilog2() + 2) as f64 * 6.0 * 2f64.powi(-53) * (n as f64).sqrt()
}

#[test]
fn hartley_is_the_real_minus_the_imaginary_part_of_fourier() {
    for m in 0..13 {
        let n = 1 << m;
        let (mut x, mut im) = (noise(n, 5), vec![0.0; n]);
        let mut hartley = x.clone();
        fftbr(&mut x, &mut im);
        Group::Lattice.forward(&mut hartley);
        let want: Vec<f64> = x.iter().zip(&im).map(|(re, im)| re - im).collect();
        close(&hartley, &want, bound(n));
    }
}

#[test]
fn backward_undoes_forward() {
    for group in GROUPS {
        for m in 0..13 {
            let x = noise(1 << m, 9);
            let mut there = x.clone();
            group.forward(&mut there);
            let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
            assert!((norm(&there) - norm(&x)).abs() <= bound(1 << m) * norm(&x).max(1.0)); // orthogonal
            group.backward(&mut there);
            close(&there, &x, 2.0 * bound(1 << m));
        }
    }
}

#[test]
fn doubling_gives_the_spectrum_of_the_whole() {
    for group in GROUPS {
        for m in 0..12 {
            let n = 1 << m;
            let x = noise(2 * n, 3);
            let (mut both, mut second) = (x.clone(), x[n..].to_vec());
            group.forward(&mut both[..n]);
            group.forward(&mut second);
            group.double(&mut both, &second);
            let mut whole = x;
            group.forward(&mut whole);
            close(&both, &whole, 2.0 * bound(2 * n));
        }
    }
}

/// n points of a group in three coordinates, as fractions.
fn points(group: Group, n: usize) -> Vec<u64> {
    let row = |i: u64| match group {
        Group::Lattice => [1, 182_667, 469_891].map(|g| i.reverse_bits().wrapping_mul(g)),
        // any linear maps of the digits are a net's
        Group::Net => [1, 0x9e37, 0x85eb].map(|odd: u64| {
            (0..16).filter(|bit| i >> bit & 1 == 1).fold(0, |x, bit| x ^ (odd << (48 - bit) | 1 << (63 - bit)))
        }),
    };
    (0..n as u64).flat_map(row).collect()
}

fn kernel(group: Group, weights: &[f64]) -> Kernel {
    let mix = [[0.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]];
    match group {
        Group::Lattice => Kernel::shift_invariant(&mix, None, weights.to_vec()).unwrap(),
        Group::Net => Kernel::digital(&mix, None, weights.to_vec()).unwrap(),
    }
}

fn likelihood(group: Group, n: usize, y: &[f64]) -> Likelihood {
    let mut spectrum = y.to_vec();
    group.forward(&mut spectrum);
    let mut likelihood = Likelihood::new(group, &spectrum, 3).unwrap();
    let (points, split) = (points(group, n), 3 * (n / 3));
    let kernel = kernel(group, &[1.0; 3]);
    for block in [&points[..split], &points[split..]] {
        likelihood.add(&kernel, &Columns::new(block, 3).unwrap(), &points[..3]);
    }
    likelihood
}

/// log N(y; mean y, S(K + ratio·1)) by a Cholesky decomposition.
fn dense(group: Group, y: &[f64], weights: &[f64], scale: f64, ratio: f64) -> f64 {
    let n = y.len();
    let (points, kernel) = (points(group, n), kernel(group, weights));
    let columns = Columns::new(&points, 3).unwrap();
    let mut a: Vec<Vec<f64>> = points
        .chunks(3)
        .enumerate()
        .map(|(i, x)| {
            let mut row = vec![0.0; n];
            kernel.row(&columns, x, &mut row);
            row[i] += ratio;
            row
        })
        .collect();
    let mean = y.iter().sum::<f64>() / n as f64;
    let mut z: Vec<f64> = y.iter().map(|y| y - mean).collect();
    let (mut log_determinant, mut quadratic) = (0.0, 0.0);
    for i in 0..n {
        for k in 0..i {
            let factor = a[i][k];
            z[i] -= factor * z[k];
        }
        let pivot = a[i][i].sqrt();
        z[i] /= pivot;
        a[i][i] = pivot;
        log_determinant += 2.0 * pivot.ln() + scale.ln();
        quadratic += z[i] * z[i] / scale;
        a[i + 1..].iter_mut().for_each(|row| row[i] /= pivot);
        for j in i + 1..n {
            for k in i + 1..=j {
                a[j][k] -= a[j][i] * a[k][i];
            }
        }
    }
    -0.5 * (n as f64 * std::f64::consts::TAU.ln() + log_determinant + quadratic)
}

#[test]
fn the_likelihood_is_that_of_a_dense_matrix() {
    for group in GROUPS {
        for n in [1, 2, 4, 16, 128, 256] {
            let y = noise(n, 77);
            for (scale, ratio) in [(0.7, 0.0), (2.5, 0.01), (1.0, 3.0)] {
                let weights = [0.3, 1.1, 0.05];
                let got = likelihood(group, n, &y).evaluate(&weights, Some(scale), ratio).unwrap();
                let want = dense(group, &y, &weights, scale, ratio);
                // Condition numbers are below 1e5 here, and both sides lose that many roundings of |y|²/λ and of log λ.
                assert!((got.value - want).abs() <= 1e5 * 2f64.powi(-52) * (want.abs() + n as f64));
                assert_eq!(got.scale, scale);
            }
        }
    }
}

#[test]
fn the_gradient_is_that_of_differences() {
    let n = 256;
    for group in GROUPS {
        let mut likelihood = likelihood(group, n, &noise(n, 78));
        let (weights, scale, ratio) = ([0.3f64, 1.1, 0.05], 0.8f64, 0.02f64);
        let got = likelihood.evaluate(&weights, Some(scale), ratio).unwrap();
        let h = 1e-4f64;
        let mut value = |parameter: usize, by: f64| {
            let (mut weights, mut scale, mut variance) = (weights, scale, ratio * scale);
            match parameter {
                3 => scale *= by.exp(),
                4 => variance *= by.exp(),
                j => weights[j] *= by.exp(),
            }
            likelihood.evaluate(&weights, Some(scale), variance / scale).unwrap().value
        };
        for (parameter, &slope) in got.gradient.iter().enumerate() {
            let want = (8.0 * (value(parameter, h) - value(parameter, -h)) - value(parameter, 2.0 * h)
                + value(parameter, -2.0 * h))
                / (12.0 * h);
            // Values near 200 round at 1e−13 and more, over h; the formula itself errs by h⁴·30·(fifth derivative).
            assert!((slope - want).abs() <= 1e-7 * want.abs().max(1.0), "{parameter}: {slope} {want}");
        }
    }
}

#[test]
fn the_most_likely_scale_has_no_slope() {
    for group in GROUPS {
        let mut likelihood = likelihood(group, 64, &noise(64, 79));
        for ratio in [0.0, 0.1] {
            let best = likelihood.evaluate(&[0.3, 0.2, 0.1], None, ratio).unwrap();
            let [by_scale, by_noise] = [best.gradient[3], best.gradient[4]];
            assert!((by_scale + by_noise).abs() <= 1e-12 * 64.0); // both grow with the scale at one ratio
            let other = likelihood.evaluate(&[0.3, 0.2, 0.1], Some(best.scale * 1.01), ratio).unwrap();
            assert!(other.value < best.value);
        }
    }
}

/// Points that all come twice: half of the eigenvalues are 0, far below the rest, and stand on the floor.
#[test]
fn the_gradient_counts_what_stands_on_the_floor() {
    let n = 256;
    let mut spectrum = noise(n, 80);
    Group::Lattice.forward(&mut spectrum);
    let kernel = Kernel::shift_invariant(&[[1.0, 0.0, 0.0, 0.0, 0.0]], None, vec![1.0]).unwrap();
    let points: Vec<u64> = (0..n as u64).map(|i| i.reverse_bits().wrapping_mul(2)).collect();
    let mut likelihood = Likelihood::new(Group::Lattice, &spectrum, 1).unwrap();
    likelihood.add(&kernel, &Columns::new(&points, 1).unwrap(), &[0]);
    let got = likelihood.evaluate(&[0.5], Some(1.0), 0.0).unwrap();
    let h = 1e-3f64;
    let mut value = |by: f64| likelihood.evaluate(&[0.5 * by.exp()], Some(1.0), 0.0).unwrap().value;
    let want = (value(h) - value(-h)) / (2.0 * h);
    // log p ≈ −½Σ|T y|²/floor: its third derivative is near its first, so the difference errs by h²/6 of it
    assert!((got.gradient[0] - want).abs() <= 1e-6 * want.abs(), "{} {want}", got.gradient[0]);
}

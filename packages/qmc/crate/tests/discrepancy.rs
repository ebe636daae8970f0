//! Discrepancies against their definitions.

use gossamer_qmc::{Discrepancy, Kind, updated};

const KINDS: [Kind; 4] = [Kind::Centered, Kind::WrapAround, Kind::Mixture, Kind::Star];

fn points(n: usize, d: usize) -> Vec<f64> {
    (0..n * d).map(|i| if i % 11 == 5 { (i % 3) as f64 / 2.0 } else { (i as f64 * 0.618).fract() }).collect()
}

fn discrepancy(kind: Kind, x: &[f64], d: usize) -> f64 {
    let mut work = Discrepancy::new(kind, x, d).unwrap();
    let mut before = 0.0;
    while work.advance() {
        assert!(before < work.progress() && work.progress() <= 1.0);
        before = work.progress();
    }
    assert_eq!(before, 1.0);
    work.value()
}

type Form = (f64, fn(f64) -> f64, fn(f64, f64) -> f64);

/// The definition, and the size of its terms.
fn definition(kind: Kind, x: &[f64], d: usize) -> (f64, f64) {
    let (c, single, factor): Form = match kind {
        Kind::Centered => (
            (13.0f64 / 12.0).powi(d as i32),
            |u| 1.0 + 0.5 * (u - 0.5).abs() - 0.5 * (u - 0.5).powi(2),
            |u, v| 1.0 + 0.5 * (u - 0.5).abs() + 0.5 * (v - 0.5).abs() - 0.5 * (u - v).abs(),
        ),
        Kind::WrapAround => {
            (-(4.0f64 / 3.0).powi(d as i32), |_| 0.0, |u, v| 1.5 - (u - v).abs() * (1.0 - (u - v).abs()))
        }
        Kind::Mixture => (
            (19.0f64 / 12.0).powi(d as i32),
            |u| 5.0 / 3.0 - 0.25 * (u - 0.5).abs() - 0.25 * (u - 0.5).powi(2),
            |u, v| {
                let edges = 0.25 * (u - 0.5).abs() + 0.25 * (v - 0.5).abs();
                1.875 - edges - 0.75 * (u - v).abs() + 0.5 * (u - v).powi(2)
            },
        ),
        Kind::Star => (3.0f64.powi(-(d as i32)), |u| 0.5 * (1.0 - u * u), |u, v| 1.0 - u.max(v)),
    };
    let n = (x.len() / d) as f64;
    let singles: f64 = x.chunks(d).map(|p| p.iter().map(|&u| single(u)).product::<f64>()).sum();
    let pair = |p: &[f64], q: &[f64]| p.iter().zip(q).map(|(&u, &v)| factor(u, v)).product::<f64>();
    let pairs: f64 = x.chunks(d).map(|p| x.chunks(d).map(|q| pair(p, q)).sum::<f64>()).sum();
    let terms = [c, -2.0 * singles / n, pairs / n / n];
    (terms.iter().sum(), terms.map(f64::abs).iter().sum())
}

#[test]
fn all_sizes_around_a_tile() {
    for kind in KINDS {
        for d in [1, 2, 5] {
            for n in (1..20).chain([63, 64, 65, 200]) {
                let x = points(n, d);
                let (want, size) = definition(kind, &x, d);
                // three roundings per factor on either side, and a sum of n² terms as a random walk
                let bound = 2.0 * (3 * d + n + 8) as f64 * f64::EPSILON * size;
                let got = discrepancy(kind, &x, d);
                assert!((got - want).abs() <= bound, "{kind:?}, n = {n}, d = {d}: {got} is not {want}");
            }
        }
    }
}

#[test]
fn many_dimensions_and_many_points_come_in_pieces() {
    for kind in KINDS {
        for (n, d) in [(30, 400), (9000, 1)] {
            let x = points(n, d);
            let (want, size) = definition(kind, &x, d);
            let bound = 2.0 * (3 * d + n + 8) as f64 * f64::EPSILON * size;
            assert!((discrepancy(kind, &x, d) - want).abs() <= bound);
        }
    }
}

#[test]
fn an_update_is_the_whole() {
    for kind in KINDS {
        for (n, d) in [(2, 1), (9, 3), (70, 4)] {
            let x = points(n, d);
            let (first, last) = x.split_at((n - 1) * d);
            let (want, size) = definition(kind, &x, d);
            let got = updated(kind, first, last, discrepancy(kind, first, d));
            assert!((got - want).abs() <= 4.0 * (3 * d + n + 8) as f64 * f64::EPSILON * size);
        }
    }
}

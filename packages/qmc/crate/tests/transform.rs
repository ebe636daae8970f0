//! The transforms against textbook loops, in the Euclidean norm and in units of 2^−53·‖x‖.

use gossamer_qmc::{fftbr, fwht, ifftbr};
use std::f64::consts::PI;

/// Every length up to 2^16, and longer ones with one and two passes across the rows of a matrix (fwht has two from 2^23).
const POWERS: [u32; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 20, 21];

/// Numbers in [−1, 1).
fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(|_| next()).collect()
}

/// ‖a − b‖ / ‖scale‖ in units of 2^−53.
fn distance(a: [&[f64]; 2], b: [&[f64]; 2], scale: [&[f64]; 2]) -> f64 {
    let square = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
    let difference = |k: usize| a[k].iter().zip(b[k]).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    ((difference(0) + difference(1)) / (square(scale[0]) + square(scale[1]))).sqrt() * 2f64.powi(53)
}

/// fftbr by one level of two parts after the other. Each level adds √5 for the complex product, 1 for the sum, and for the
/// root 4.3 from its argument, up to π with 1.4 roundings, and √2 from its sine and cosine; the scale adds 3: 9·m + 3.
fn textbook_fftbr(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    for half in (0..n.trailing_zeros()).map(|level| 1 << level) {
        for (b, (re, im)) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)).enumerate() {
            let mirrored = f64::from((b as u32).reverse_bits()) / 2f64.powi(32);
            let (s, c) = (PI * mirrored).sin_cos();
            for (low, high) in (0..half).zip(half..) {
                let (x, y) = (re[low] - re[high], im[low] - im[high]);
                (re[low], im[low]) = (re[low] + re[high], im[low] + im[high]);
                (re[high], im[high]) = (x * c + y * s, y * c - x * s);
            }
        }
    }
    re.iter_mut().chain(im).for_each(|x| *x /= (n as f64).sqrt());
}

/// fwht in the same way: m + 2.
fn textbook_fwht(x: &mut [f64]) {
    let n = x.len();
    for half in (0..n.trailing_zeros()).map(|level| 1 << level) {
        for block in x.chunks_exact_mut(2 * half) {
            for k in 0..half {
                (block[k], block[k + half]) = (block[k] + block[k + half], block[k] - block[k + half]);
            }
        }
    }
    x.iter_mut().for_each(|x| *x /= (n as f64).sqrt());
}

/// The bound that the crate states.
fn fourier_bound(m: u32) -> f64 {
    4.0 * f64::from(m + 1)
}

#[test]
fn fftbr_is_the_textbook_transform() {
    for m in POWERS {
        let (x, y) = (noise(1 << m, 1), noise(1 << m, 2));
        let (mut got, mut want) = ((x.clone(), y.clone()), (x.clone(), y.clone()));
        fftbr(&mut got.0, &mut got.1);
        textbook_fftbr(&mut want.0, &mut want.1);
        let error = distance([&got.0, &got.1], [&want.0, &want.1], [&x, &y]);
        assert!(error <= fourier_bound(m) + 9.0 * f64::from(m) + 3.0, "m = {m}: {error}");
    }
}

#[test]
fn ifftbr_undoes_fftbr_and_fftbr_undoes_ifftbr() {
    for m in POWERS {
        let (x, y) = (noise(1 << m, 3), noise(1 << m, 4));
        for order in [[fftbr, ifftbr], [ifftbr, fftbr]] {
            let (mut re, mut im) = (x.clone(), y.clone());
            order.iter().for_each(|transform| transform(&mut re, &mut im));
            let error = distance([&re, &im], [&x, &y], [&x, &y]);
            assert!(error <= 2.0 * fourier_bound(m), "m = {m}: {error}");
        }
    }
}

#[test]
fn fwht_is_the_textbook_transform_and_its_own_inverse() {
    for m in POWERS.into_iter().chain([23]) {
        let x = noise(1 << m, 5);
        let (mut got, mut want) = (x.clone(), x.clone());
        fwht(&mut got);
        textbook_fwht(&mut want);
        let bound = f64::from(m + 2);
        let error = distance([&got, &[]], [&want, &[]], [&x, &[]]);
        assert!(error <= 2.0 * bound, "m = {m}: {error}");
        fwht(&mut got);
        let error = distance([&got, &[]], [&x, &[]], [&x, &[]]);
        assert!(error <= 2.0 * bound, "m = {m}: {error}");
    }
}

/// fftbr of a unit vector at i is n^−½ exp(−2πi k R(i)/n) at k. Each number is a product of the roots of m/2 levels, so its
/// error is that of the bound, for a vector with a norm of 1.
#[test]
fn a_unit_vector_becomes_a_wave() {
    for (m, i) in [(3, 5), (9, 311), (12, 4095), (14, 9999), (15, 12345), (20, 999_983)] {
        let n = 1usize << m;
        let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
        re[i] = 1.0;
        fftbr(&mut re, &mut im);
        let frequency = i.reverse_bits() >> (usize::BITS - m);
        let wave = |k: usize| (-2.0 * PI * ((k * frequency % n) as f64 / n as f64)).sin_cos();
        let size = (n as f64).sqrt();
        let want: (Vec<f64>, Vec<f64>) = (0..n).map(|k| (wave(k).1 / size, wave(k).0 / size)).unzip();
        let error = distance([&re, &im], [&want.0, &want.1], [&want.0, &want.1]);
        // The wave's argument, up to 2π with 1.4 roundings, adds 8.8, its sine and cosine √2, and the quotient 2.
        assert!(error <= fourier_bound(m) + 12.3, "m = {m}: {error}");
    }
}

#[test]
#[should_panic(expected = "assertion failed")]
fn a_length_that_is_no_power_of_two_is_a_defect_of_the_caller() {
    fwht(&mut [0.0; 24]);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn an_empty_transform_is_a_defect_of_the_caller() {
    fftbr(&mut [], &mut []);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn components_of_different_lengths_are_a_defect_of_the_caller() {
    ifftbr(&mut [0.0; 8], &mut [0.0; 4]);
}

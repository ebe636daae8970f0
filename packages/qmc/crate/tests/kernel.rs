//! The kernels against their Fourier and Walsh series, and the values of the reference.

use gossamer_qmc::{Columns, Kernel, MAX_ALPHA, fraction};

fn only(alpha: usize) -> [f64; MAX_ALPHA] {
    let mut mix = [0.0; MAX_ALPHA];
    mix[alpha - 1] = 1.0;
    mix
}

fn part(kernel: &Kernel, delta: u64) -> f64 {
    let mut out = [0.0];
    kernel.part(0, &Columns::new(&[delta], 1).unwrap(), &[0], &mut out);
    out[0]
}

fn periodic(alpha: usize, delta: f64) -> f64 {
    part(&Kernel::shift_invariant(&[only(alpha)], None, vec![1.0]).unwrap(), fraction(delta))
}

fn walsh(alpha: usize, delta: u64) -> f64 {
    part(&Kernel::digital(&[only(alpha)], None, vec![1.0]).unwrap(), delta)
}

fn close(got: f64, want: f64, bound: f64) {
    assert!((got - want).abs() <= bound, "got {got}, want {want}");
}

/// Fifteen digits of the reference, so half a unit in the fifteenth: values are below 4.
const DIGITS: f64 = 5e-15;

#[test]
fn bernoulli_polynomials_have_the_values_of_the_reference() {
    let want = [
        (0.0, [3.289_868_133_696_45, 2.164_646_467_422_28, 2.034_686_123_968_9, 2.008_154_712_395_89]),
        (0.1, [1.513_339_341_500_37, 1.638_637_375_838_66, 1.626_287_994_538_11, 1.620_323_206_653_88]),
        (0.25, [-0.411_233_516_712_057, -0.118_379_103_687_156, -0.030_798_471_603_044_8, -0.007_783_070_326_973_81]),
        (0.5, [-1.644_934_066_848_23, -1.894_065_658_994_49, -1.971_102_182_594_87, -1.992_466_003_705_3]),
    ];
    for (delta, values) in want {
        for (at, value) in values.into_iter().enumerate() {
            close(periodic(at + 1, delta), value, DIGITS);
            close(periodic(at + 1, (1.0 - delta) % 1.0), value, DIGITS); // even
        }
    }
}

/// Σ_{k≠0} k^{−2α} e^{2πikδ}, differentiated, cut after `terms`.
fn fourier(alpha: i32, orders: [usize; 2], delta: f64, terms: i64) -> f64 {
    use std::f64::consts::TAU;
    let derivatives = (orders[0] + orders[1]) as i32;
    let sign = if orders[1] % 2 == 1 { -1.0 } else { 1.0 }; // z comes with −1
    let phase = f64::from(derivatives % 4) * TAU / 4.0;
    let term = |k: i64| {
        let frequency = k as f64;
        2.0 * (TAU * frequency).powi(derivatives) / frequency.powi(2 * alpha)
            * (TAU * (k as f64 * delta).fract() + phase).cos()
    };
    sign * (1..=terms).rev().map(term).sum::<f64>()
}

#[test]
fn bernoulli_polynomials_and_their_derivatives_are_fourier_series() {
    const TERMS: i64 = 2000;
    for alpha in 1..=MAX_ALPHA {
        for orders in [[0, 0], [1, 0], [0, 1], [1, 1], [2, 0], [0, 2], [2, 1], [1, 3], [4, 4]] {
            let derivatives = orders[0] + orders[1];
            if 2 * alpha < derivatives + 2 {
                continue;
            }
            let kernel = Kernel::shift_invariant(&[only(alpha)], Some(&[orders]), vec![1.0]).unwrap();
            for i in 0..16 {
                let delta = (f64::from(i) + 0.37) / 16.0;
                // By Abel's summation a tail of decreasing coefficients c_k is at most 2·c_K / |2 sin πδ|; the sum's own
                // rounding is that of its terms, of which the first dominate: (2π)^β·Σ k^{β−2α} ≤ (2π)^β·2ζ(2).
                let scale = std::f64::consts::TAU.powi(derivatives as i32);
                let tail = 2.0 * scale * (TERMS as f64).powi((derivatives as i32) - 2 * alpha as i32);
                let bound = tail / (std::f64::consts::PI * delta).sin() + 1e-14 * scale * 3.3;
                close(part(&kernel, fraction(delta)), fourier(alpha as i32, orders, delta, TERMS), bound);
            }
        }
    }
}

#[test]
fn walsh_functions_have_the_values_of_the_reference() {
    let third = 0x5555_5555_5555_5555;
    let want = [
        (0, [1.0, 1.5, 25.0 / 18.0, 407.0 / 294.0]),
        (fraction(0.1), [0.8125, 0.943_75, 0.950_807_291_666_667, 0.951_702_198_517_629]),
        (fraction(0.25), [0.25, 0.375, 0.427_083_333_333_333, 0.430_431_547_619_048]),
        (third, [0.25, 0.208_333_333_333_333, 0.211_805_555_555_556, 0.210_744_598_765_432]),
        (fraction(0.5), [-0.5, -0.25, -0.208_333_333_333_333, -0.205_357_142_857_143]),
        (fraction(0.6), [-0.5, -0.35, -0.348_333_333_333_334, -0.349_448_717_948_718]),
        (fraction(0.9), [-0.5, -0.65, -0.648_333_333_333_333, -0.647_217_948_717_949]),
    ];
    for (delta, values) in want {
        for (at, value) in values.into_iter().enumerate() {
            close(walsh(at + 1, delta), value, 1e-15); // fifteen decimals, values are below 1 or short
        }
    }
}

/// The sum of the positions, from 1, of the `alpha` highest bits of k.
fn dick(alpha: usize, mut k: u64) -> u32 {
    let mut sum = 0;
    for _ in 0..alpha {
        let Some(bit) = k.checked_ilog2() else { break };
        sum += bit + 1;
        k ^= 1 << bit;
    }
    sum
}

/// Σ_{1≤k<2^m} 2^{−exponent(k)} wal_k(δ) by a Walsh transform: the sums at all multiples δ of 2^−m.
fn walsh_series(m: usize, exponent: impl Fn(u64) -> f64) -> Vec<f64> {
    let n = 1usize << m;
    let mut values: Vec<f64> = (0..n as u64).map(|k| if k == 0 { 0.0 } else { (-exponent(k)).exp2() }).collect();
    for half in (0..m).map(|bit| 1 << bit) {
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
    }
    // wal_k(δ) pairs the lowest bit of k with the first digit of δ
    (0..n).map(|i| values[i.reverse_bits() >> (usize::BITS as usize - m)]).collect()
}

#[test]
fn walsh_functions_are_walsh_series() {
    const M: usize = 16;
    for alpha in 2..=4 {
        // Of the k with their highest bit at place a, one has no other bit, and 2^{p−1} have the next at p < a: with two
        // bits counted they sum to 2^{−a}(1 + (a − 1)/2), with more bits to less. Σ_{a>M} of it is 2^{−M}(M + 3)/2.
        let bound = (-(M as f64)).exp2() * (M as f64 + 3.0) / 2.0;
        let kernel = Kernel::digital(&[only(alpha)], None, vec![1.0]).unwrap();
        for (i, want) in walsh_series(M, |k| f64::from(dick(alpha, k))).into_iter().enumerate() {
            close(part(&kernel, (i as u64) << (64 - M)), want, bound);
        }
    }
    let kernel = Kernel::digital(&[only(1)], None, vec![1.0]).unwrap();
    for (i, want) in walsh_series(M, |k| 1.0 + 2.0 * f64::from(k.ilog2())).into_iter().enumerate() {
        close(part(&kernel, (i as u64) << (64 - M)), want, 0.5 * (-(M as f64)).exp2() * 2.0); // Σ_{a≥M} 2^a·½·4^{−a}
    }
}

/// Every k ≥ 2^m is a multiple of 2^m plus a rest, and at a δ of m digits wal_k depends on the rest alone: so at δ = 0 and at
/// short δ the closed form can be summed exactly, all digits with the tail.
#[test]
fn short_fractions_of_alpha_four_include_the_tail_of_the_digits() {
    // δ = 1/8: β = 3, Σ_a (−1)^{δ_a} 8^{−a} = 8/7 − 2/64
    let (beta, x): (f64, f64) = (3.0, 0.125);
    let digits = 8.0 / 7.0 - 2.0 / 64.0;
    let t = |nu: f64| (-nu * beta).exp2();
    let want = -2.0 / 3.0 * beta * x.powi(3) + 5.0 * (1.0 - t(1.0)) * x * x - 43.0 / 9.0 * (1.0 - t(2.0)) * x
        + 701.0 / 294.0 * (1.0 - t(3.0))
        + beta * (digits / 48.0 - 1.0 / 42.0)
        - 1.0;
    close(walsh(4, 1 << 61), want, 2e-15); // ten operations on values below 2.4
}

#[test]
fn derivatives_of_walsh_functions_are_their_slopes() {
    for (alpha, derivatives) in [(3, 1), (4, 1), (4, 2)] {
        let slope = Kernel::digital(&[only(alpha)], Some(&[[derivatives, 0]]), vec![1.0]).unwrap();
        for i in 0..200u64 {
            let delta = (i << 56) | (0x9e37 << 40); // inside an interval whose ends are longer fractions than the step
            let h = 1u64 << 38;
            let step = 2f64.powi(38 - 64);
            let value = |delta: u64| match derivatives {
                1 => walsh(alpha, delta),
                _ => part(&Kernel::digital(&[only(alpha)], Some(&[[1, 0]]), vec![1.0]).unwrap(), delta),
            };
            let want = (value(delta + h) - value(delta - h)) / (2.0 * step);
            // Rounding of the values, 2^−52·|K̃|, over the step 2^−26; the curvature is below 30, and α = 2, which one of
            // them differentiates to, is itself not smooth: over a step its slope moves by less than 70·step.
            close(part(&slope, delta), want, 2f64.powi(-52) * 40.0 / step + 70.0 * step);
        }
    }
}

#[test]
fn adaptive_smoothness_has_the_values_of_the_reference_and_is_a_walsh_series() {
    let kernel = |alpha: f64| Kernel::adaptive(&[alpha], vec![1.0]).unwrap();
    let value = |alpha: f64, delta: u64| part(&kernel(alpha), delta);
    let want = [(0.5, 1.853_553_390_59), (1.5, 1.434_359_216_77), (2.0, 1.296_875), (3.0, 1.138_671_875)];
    for (alpha, want) in want {
        close(value(alpha, fraction(0.1)), want, 6e-12); // twelve digits
    }
    for delta in [0, 1, 77 << 40, fraction(0.3), u64::MAX] {
        close(value(1.0, delta), 2.0 * walsh(1, delta), 1e-15);
    }
    const M: usize = 16;
    for alpha in [0.7, 1.3, 2.5] {
        let tail = (-alpha * M as f64).exp2() / (1.0 - (-alpha).exp2());
        let series = walsh_series(M, |k| (alpha + 1.0) * f64::from(k.ilog2()));
        let kernel = kernel(alpha);
        for (i, want) in series.into_iter().enumerate() {
            close(part(&kernel, (i as u64) << (64 - M)), want, tail + 1e-14);
        }
    }
}

#[test]
fn no_leading_digit_is_ever_rounded_up() {
    // δ just below a power of two, where log₂ of its double would be that power's
    for bits in 54..64 {
        let delta = (1u64 << bits) - 1;
        let beta = f64::from(64 - bits + 1);
        close(walsh(1, delta), 1.0 - 3.0 * (-beta).exp2(), 0.0);
    }
}

#[test]
fn combinations_add_and_products_multiply() {
    let mix = [0.5, 0.25, 2.0, 1.5, 0.0];
    let (x, z) = ([fraction(0.3), fraction(0.7), fraction(0.15)], [fraction(0.9), fraction(0.2), fraction(0.15)]);
    for digital in [false, true] {
        let one = |alpha: usize, delta: u64| {
            let kernel = if digital { Kernel::digital } else { Kernel::shift_invariant };
            part(&kernel(&[only(alpha)], None, vec![1.0]).unwrap(), delta)
        };
        let weights = vec![0.3, 0.0625, 2.0];
        let make = if digital { Kernel::digital } else { Kernel::shift_invariant };
        let kernel = make(&[mix; 3], None, weights.clone()).unwrap();
        let want: f64 = (0..3)
            .map(|j| {
                let delta = if digital { x[j] ^ z[j] } else { x[j].wrapping_sub(z[j]) };
                1.0 + weights[j] * (0..4).map(|p| mix[p] * one(p + 1, delta)).sum::<f64>()
            })
            .product();
        let (mut out, mut rest) = ([0.0], [0.0]);
        let columns = Columns::new(&x, 3).unwrap();
        kernel.row(&columns, &z, &mut out);
        kernel.row_minus_one(&columns, &z, &mut rest);
        close(out[0], want, 20.0 * 2f64.powi(-53) * 60.0); // some twenty roundings of factors whose product is below 60
        close(rest[0], want - 1.0, 20.0 * 2f64.powi(-53) * 60.0);
    }
}

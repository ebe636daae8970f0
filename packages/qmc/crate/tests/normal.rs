//! Normal quantiles against numbers of 18 digits, and against themselves.

use gossamer_qmc::{inverse_cdf, inverse_cdf_all};

/// p and the double nearest to z(p), by mpmath at 50 digits.
const GOLDEN: [(f64, f64); 12] = [
    (0.6, 0.253_347_103_135_799_7),
    (0.75, 0.674_489_750_196_081_7),
    (0.9, 1.281_551_565_544_600_5),
    (0.975, 1.959_963_984_540_053_9),
    (0.999, 3.090_232_306_167_813),
    (1e-6, -4.753_424_308_822_899),
    (1e-10, -6.361_340_902_404_056),
    (1e-100, -21.273_453_560_965_325),
    (1e-300, -37.047_096_299_361_2),
    (1.110_223_024_625_156_5e-16, -8.209_536_151_601_387),
    (5.421_010_862_427_522e-20, -9.080_155_124_873_613),
    (5e-324, -38.467_405_617_144_35),
];

/// The measured bound of 2 ulp; the golden number is the nearest double of its value, half an ulp away.
fn assert_near(got: f64, want: f64) {
    let ulp = want.abs() * f64::EPSILON; // between one and two of them
    assert!((got - want).abs() <= 2.5 * ulp, "{got} is not {want}");
}

#[test]
fn golden_quantiles() {
    for (p, z) in GOLDEN {
        assert_near(inverse_cdf(p), z);
    }
}

#[test]
fn the_ends_are_infinite_and_beyond_them_there_is_nothing() {
    assert_eq!(inverse_cdf(0.0), f64::NEG_INFINITY);
    assert_eq!(inverse_cdf(-0.0), f64::NEG_INFINITY);
    assert_eq!(inverse_cdf(1.0), f64::INFINITY);
    assert_eq!(inverse_cdf(0.5).to_bits(), 0);
    for p in [-f64::MIN_POSITIVE, -1.0, 1.0 + f64::EPSILON, 2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        assert!(inverse_cdf(p).is_nan(), "p = {p}");
    }
}

/// Numbers of all kinds, the middle and the tails in turn.
fn mixture(length: usize) -> Vec<f64> {
    let edges = [0.0, 1.0, f64::NAN, -1.0, 5e-324, 0.085, 0.915, 2.29e-11, 1.0 - 2.29e-11, 0.5];
    let weyl = |i: usize| (i as f64 * 0.618_033_988_749_894_9).fract();
    (0..length)
        .map(|i| if i % 7 == 3 { edges[i % edges.len()] } else { weyl(i).powi(1 + (i % 3) as i32 * 9) })
        .collect()
}

#[test]
fn a_slice_gives_the_bits_of_its_numbers_one_by_one() {
    for length in (0..20).chain([63, 64, 65, 511, 512, 513, 1023, 1025, 5000]) {
        let p = mixture(length);
        let mut z = p.clone();
        inverse_cdf_all(&mut z);
        for (&p, &z) in p.iter().zip(&z) {
            let alone = inverse_cdf(p);
            assert!(z.to_bits() == alone.to_bits() || z.is_nan() && alone.is_nan(), "p = {p}: {z} is not {alone}");
        }
    }
}

#[test]
fn a_block_may_be_all_middle_or_all_tails() {
    for (low, width) in [(0.1, 0.8), (0.0, 0.08), (0.92, 0.08), (0.0, 1e-12)] {
        let p: Vec<f64> = (0..1300).map(|i| low + width * (i as f64 + 0.5) / 1300.0).collect();
        let mut z = p.clone();
        inverse_cdf_all(&mut z);
        assert!(p.iter().zip(&z).all(|(&p, &z)| z == inverse_cdf(p)));
        assert!(z.is_sorted());
    }
}

//! The core against integers that are wide enough to need no trick.

use gossamer_qmc::{Lattice, Order, Points, SeedSequence, Sfc64, random_vector};

const VECTOR: [u32; 8] = [1, 182_667, 213_731, 255_351, u32::MAX, 2, 0, 96_013];
const LAST: u64 = Lattice::MAX_INDEX;

fn points(order: Order, shift: f64, range: std::ops::Range<u64>) -> Vec<f64> {
    let mut lattice = Lattice::new(&VECTOR, &[shift; VECTOR.len()], order).unwrap();
    let mut out = vec![f64::NAN; (range.end - range.start) as usize * lattice.dimension()];
    lattice.fill(range, &mut out);
    out
}

/// frac(φ(i)·g) in units of 2^−53.
fn mirrored(i: u64, g: u32) -> u64 {
    let phi = (0..53).fold(0u128, |phi, bit| phi | u128::from(i >> bit & 1) << (52 - bit));
    (phi * u128::from(g) % (1 << 53)) as u64
}

const STARTS: [u64; 8] = [0, 1, 1000, (1 << 32) - 20, (1 << 32) - 1, 5 << 30, 1 << 40, LAST - 19];

#[test]
fn radical_inverse_and_gray_order_are_exact() {
    for start in STARTS {
        let end = (start + 40).min(LAST + 1);
        let natural = points(Order::RadicalInverse, 0.0, start..end);
        let gray = points(Order::Gray, 0.0, start..end);
        let indices = (start..end).flat_map(|i| VECTOR.map(|g| (i, g)));
        for ((n, k), (i, g)) in natural.iter().zip(&gray).zip(indices) {
            assert_eq!(*n * 2f64.powi(53), mirrored(i, g) as f64, "i = {i}, g = {g}");
            assert_eq!(*k * 2f64.powi(53), mirrored(i ^ (i >> 1), g) as f64, "i = {i}, g = {g}");
        }
    }
}

#[test]
fn linear_order_keeps_exact_residues() {
    for size in [1, 2, 64, 1021, 1 << 20, 1 << 32, 1 << 33, (1 << 32) + 15, LAST - 1, LAST] {
        for start in STARTS.map(|start| start.min(size)) {
            let end = (start + 40).min(size);
            let got = points(Order::Linear { size }, 0.0, start..end);
            let indices = (start..end).flat_map(|i| VECTOR.map(|g| (i, g)));
            for (x, (i, g)) in got.iter().zip(indices) {
                let residue = (u128::from(i) * u128::from(g) % u128::from(size)) as f64;
                assert_eq!(*x, residue / size as f64, "i = {i}, g = {g}, n = {size}");
            }
        }
    }
}

#[test]
fn one_lattice_can_be_filled_in_any_sequence_of_ranges() {
    for order in [Order::RadicalInverse, Order::Gray, Order::Linear { size: 100 }] {
        let whole = points(order, 0.7, 0..100);
        let mut lattice = Lattice::new(&VECTOR, &[0.7; VECTOR.len()], order).unwrap();
        for range in [0..10, 10..11, 11..40, 5..7, 99..100, 40..40, 40..99] {
            let d = lattice.dimension();
            let mut out = vec![f64::NAN; (range.end - range.start) as usize * d];
            lattice.fill(range.clone(), &mut out);
            assert_eq!(out, whole[range.start as usize * d..range.end as usize * d]);
        }
    }
}

#[test]
fn every_number_of_coordinates_has_the_same_points() {
    // tiles have 64 rows at d = 1 and a single one from 64 on
    let vector: Vec<u32> = (0..130).map(|j| 2 * j * 7919 + 1).collect();
    for order in [Order::RadicalInverse, Order::Gray, Order::Linear { size: 1 << 10 }, Order::Linear { size: 1021 }] {
        let fill = |d: usize| {
            let mut out = vec![f64::NAN; 200 * d];
            Lattice::new(&vector[..d], &vec![0.3; d], order).unwrap().fill(7..207, &mut out);
            out
        };
        let whole = fill(130);
        for d in (1..70).chain([127, 128, 129]) {
            let cut: Vec<f64> = whole.chunks_exact(130).flat_map(|row| &row[..d]).copied().collect();
            assert_eq!(fill(d), cut, "d = {d}");
        }
    }
}

#[test]
fn a_random_vector_is_that_of_the_reference() {
    // QMCPy 2.4, Lattice(3, seed=7, generating_vector=25, replications=2).gen_vec, and its shift
    let mut generator = Sfc64::new(&SeedSequence::new(vec![7]));
    let mut vectors = [[0; 3]; 2];
    vectors.iter_mut().for_each(|vector| random_vector(&mut generator, 25, vector));
    assert_eq!(vectors, [[1, 32_809_149, 1_471_719], [1, 275_319, 19_705_657]]);
    assert!((generator.uniform() - 0.369_182_4).abs() < 1e-7);
}

#[test]
fn a_shift_wraps_into_the_unit_interval() {
    for shift in [0.0, f64::MIN_POSITIVE, 0.5, 1.0 - f64::EPSILON / 2.0] {
        for order in [Order::RadicalInverse, Order::Gray, Order::Linear { size: 300 }] {
            assert!(points(order, shift, 0..300).iter().all(|x| (0.0..1.0).contains(x)));
        }
    }
}

#[test]
#[should_panic(expected = "assertion failed")]
fn a_short_output_is_a_defect_of_the_caller() {
    Lattice::new(&[1, 3], &[0.0; 2], Order::Gray).unwrap().fill(0..2, &mut [0.0; 3]);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn an_index_beyond_the_last_is_a_defect_of_the_caller() {
    Lattice::new(&[1], &[0.0], Order::Gray).unwrap().fill(LAST + 1..LAST + 2, &mut [0.0]);
}

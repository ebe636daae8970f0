//! The core against exact fractions, and its kernels against each other.

use gossamer_qmc::{DigitDraw, Halton, Points, ScrambleDraw, SeedSequence, Sfc64};
use std::ops::Range;

const BASES: [u32; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
const D: usize = BASES.len();
const MANY: u64 = 5000;

fn points(mut halton: Halton, range: Range<u64>) -> Vec<f64> {
    let mut out = vec![f64::NAN; (range.end - range.start) as usize * halton.dimension()];
    halton.fill(range, &mut out);
    out
}

fn drawn(draw: ScrambleDraw) -> Vec<u16> {
    let mut numbers = vec![0; draw.length(D)];
    let keep = |at: usize, part: &[u16]| numbers[at..at + part.len()].copy_from_slice(part);
    draw.draw(&mut Sfc64::new(&SeedSequence::new(vec![7])), D, 1, keep).unwrap();
    numbers
}

/// Reversed digits and b to their number.
fn mirrored(i: u64, base: u32) -> (u64, u64) {
    let (mut rest, mut fraction) = (i, (0, 1));
    while rest > 0 {
        fraction = (fraction.0 * u64::from(base) + rest % u64::from(base), fraction.1 * u64::from(base));
        rest /= u64::from(base);
    }
    fraction
}

#[test]
fn plain_points_are_the_nearest_doubles() {
    for start in [0, 1, 4095, 4096, 53u64.pow(4) - 20, 1 << 31, Halton::SIZE - 40] {
        let got = points(Halton::plain(D, MANY).unwrap(), start..start + 40);
        let indices = (start..start + 40).flat_map(|i| BASES.map(|base| mirrored(i, base)));
        for (x, (numerator, denominator)) in got.into_iter().zip(indices) {
            assert_eq!(x, numerator as f64 / denominator as f64); // both are below 2^53
        }
    }
}

#[test]
fn few_points_are_the_same_as_among_many() {
    let range = Halton::SIZE - 3000..Halton::SIZE;
    for linear in [false, true] {
        for digits in [DigitDraw::None, DigitDraw::Shift, DigitDraw::Permutation] {
            let draw = ScrambleDraw { linear, digits };
            let make = |count| Halton::scrambled(D, count, draw, drawn(draw)).unwrap();
            let many = points(make(MANY), range.clone());
            assert_eq!(many, points(make(1), range.clone()), "{draw:?}");
            assert_eq!(many, points(make(300), range.clone()), "{draw:?}");
        }
    }
    let owen = |count| points(Halton::owen(D, count, &SeedSequence::new(vec![1]), 3).unwrap(), range.clone());
    assert_eq!(owen(MANY), owen(1));
}

#[test]
fn the_unit_matrix_leaves_permutations_alone() {
    let both = ScrambleDraw { linear: true, digits: DigitDraw::Permutation };
    let alone = ScrambleDraw { linear: false, digits: DigitDraw::Permutation };
    let permutations = drawn(alone);
    let (mut rest, mut numbers) = (&permutations[..], Vec::new());
    for base in BASES {
        let within = |limit| (1..).take_while(|&k| u64::from(base).pow(k) <= limit).count();
        let columns = within((1 << 32) - 1) + 1;
        let rows = (within(1 << 34) + within(1 << 53)).min(63);
        numbers.extend((0..columns * rows).map(|at| u16::from(at / rows == at % rows)));
        let (part, next) = rest.split_at(rows * base as usize);
        numbers.extend(part);
        rest = next;
    }
    for start in [0, 70_000, Halton::SIZE - MANY] {
        let want = points(Halton::scrambled(D, MANY, alone, permutations.clone()).unwrap(), start..start + MANY);
        for count in [1, MANY] {
            let got = points(Halton::scrambled(D, count, both, numbers.clone()).unwrap(), start..start + MANY);
            assert_eq!(got, want);
        }
    }
}

#[test]
fn a_sum_that_rounds_up_to_1_is_the_double_below() {
    // every digit is the largest: 1 − 2^−63 in base 2
    for linear in [false, true] {
        let draw = ScrambleDraw { linear, digits: DigitDraw::Shift };
        for count in [1, MANY] {
            let mut numbers = vec![0; draw.length(1)];
            let matrix = numbers.len() - 63;
            numbers[matrix..].fill(1);
            let x = points(Halton::scrambled(1, count, draw, numbers).unwrap(), 0..1);
            assert_eq!(x, [1.0 - f64::EPSILON / 2.0]);
        }
    }
}

#[test]
fn a_tree_keeps_its_points() {
    let tree = |end| Halton::tree(D, end, &SeedSequence::new(vec![1]), 1).unwrap();
    let whole = points(tree(400), 0..400);
    assert_eq!(points(tree(400), 123..400), whole[123 * D..]);
    assert_eq!(points(tree(1000), 0..3), whole[..3 * D]);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn an_index_beyond_the_last_is_a_defect_of_the_caller() {
    points(Halton::plain(1, 1).unwrap(), Halton::SIZE..Halton::SIZE + 1);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn draws_of_another_length_are_a_defect_of_the_caller() {
    let draw = ScrambleDraw { linear: false, digits: DigitDraw::Shift };
    let _ = Halton::scrambled(1, 1, draw, vec![0; 3]);
}

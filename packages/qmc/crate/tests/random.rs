//! NumPy 2.4's own numbers: `numpy.random.SeedSequence` and `numpy.random.Generator(SFC64(…))`.

use gossamer_qmc::{SeedSequence, Sfc64};

fn seven() -> SeedSequence {
    SeedSequence::new(vec![7])
}

#[test]
fn a_seed_gives_the_words_of_numpy() {
    let words = [0xead0_f701_7c32_6e58, 0x0879_c4f0_f97e_037a, 0x623a_8c4b_6745_675f];
    assert_eq!(seven().state::<3>(), words);
    let child = [0x2efe_612d_4797_b856, 0xf3f7_f6cb_6e93_dfd5, 0x32f8_c02b_d32a_582b];
    assert_eq!(seven().child(0).state::<3>(), child);
}

#[test]
fn the_generator_gives_the_numbers_of_numpy() {
    let mut words = Sfc64::new(&seven());
    let want = [0x0b3a_7273_fa50_5ecf, 0x9657_9c2e_0219_babb, 0x5e82_bce0_3eaa_e094, 0xa6f1_fb5a_052e_ef89];
    assert_eq!([(); 4].map(|()| words.next_u64()), want);
    let mut doubles = Sfc64::new(&seven());
    let want = [0.043_860_581_698_312_53, 0.587_274_323_685_142_4, 0.369_182_400_462_402_7, 0.652_129_849_889_373_2];
    assert_eq!([(); 4].map(|()| doubles.uniform()), want);
}

#[test]
fn half_words_are_kept_across_whole_ones() {
    let mut generator = Sfc64::new(&seven());
    assert_eq!(generator.next_u32(), 0xfa50_5ecf);
    assert_eq!(generator.next_u64(), 0x9657_9c2e_0219_babb);
    assert_eq!(generator.next_u32(), 0x0b3a_7273);
}

#[test]
fn bounded_integers_are_those_of_numpy() {
    let draws = |bound| {
        let mut generator = Sfc64::new(&seven());
        [(); 6].map(|()| generator.below(bound))
    };
    assert_eq!(draws(1), [0; 6]);
    assert_eq!(draws(2), [1, 0, 0, 1, 0, 0]);
    assert_eq!(draws(3), [2, 0, 0, 1, 0, 1]);
    assert_eq!(draws(1000), [977, 43, 8, 587, 244, 369]);
    let large = [94_189_881, 17_620_317, 1_261_162_009, 792_813_169, 43_481_028, 1_496_151_172];
    assert_eq!(draws((1 << 31) + 5), large);
    assert_eq!(draws(1 << 32)[..2], [4_199_571_151, 188_379_763]);
}

#[test]
fn bits_are_those_of_numpy() {
    let draws = |bits| {
        let mut generator = Sfc64::new(&seven());
        [(); 2].map(|()| generator.bits(bits))
    };
    assert_eq!(draws(5), [31, 1]);
    assert_eq!(draws(32), [4_199_571_151, 188_379_763]);
    assert_eq!(draws(33), [376_759_527, 5_044_648_028]);
    assert_eq!(draws(63), [404_542_462_756_400_999, 5_416_649_575_040_343_389]);
}

#[test]
fn permutations_are_those_of_numpy() {
    assert_eq!(Sfc64::new(&seven()).permutation(10), [5, 6, 8, 9, 7, 2, 1, 0, 4, 3]);
    let mut generator = Sfc64::new(&seven());
    assert_eq!(generator.permutation(3), [1, 0, 2]);
    assert_eq!(generator.permutation(7), [4, 5, 3, 6, 2, 1, 0]);
    assert_eq!(generator.uniform(), 0.630_256_425_168_602_5);
}

#[test]
fn long_entropy_and_grandchildren_are_those_of_numpy() {
    let zero = SeedSequence::new(vec![0]).state::<1>();
    assert_eq!(zero, [15_793_235_383_387_715_774]);
    let words = |value: u128| (0..4).map(|i| (value >> (32 * i)) as u32).collect::<Vec<_>>();
    let seed = SeedSequence::new(words((1 << 70) + 12345)[..3].to_vec());
    assert_eq!(seed.state::<1>(), [3_413_318_692_302_920_546]);
    assert_eq!(seed.child(2).state::<1>(), [11_905_877_737_738_312_526]);
    assert_eq!(seed.child(4).child(0).state::<1>(), [12_940_960_162_982_574_141]);
    let seed = SeedSequence::new(words((1 << 127) + 3u128.pow(70)));
    assert_eq!(seed.state::<1>(), [2_357_889_581_939_358_608]);
    assert_eq!(seed.child(0).state::<1>(), [309_183_045_450_569_178]);
}

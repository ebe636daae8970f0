//! Digital nets against their definition, and the goldens of QMCToolsCL and of the Joe–Kuo table.

use gossamer_qmc::{
    Fractions, Net, Points, SobolMatrices, gray_code_order, interlace, linear_scramble, scrambled_bits,
};

/// Both sides of every lane, and dimensions with tables of 2^11, few and 4 rows.
const DIMENSIONS: [usize; 17] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 63, 65, 100, 513, 3000];
const LARGEST: f64 = 1.0 - f64::EPSILON / 2.0;

/// Marsaglia's xorshift64.
fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

fn drawn(count: usize, next: &mut impl FnMut() -> u64) -> Vec<u64> {
    (0..count).map(|_| next()).collect()
}

/// The sum of the columns that the digits of i choose, and the shift.
fn defined(columns: &[u64], shift: &[u64], i: u64) -> Vec<u64> {
    let d = shift.len();
    let chosen = columns.chunks(d).enumerate().filter(|(c, _)| i >> c & 1 == 1);
    chosen.fold(shift.to_vec(), |point, (_, column)| point.iter().zip(column).map(|(x, y)| x ^ y).collect())
}

#[test]
fn every_point_is_the_sum_of_its_columns_in_any_range() {
    let mut next = numbers(7);
    for d in DIMENSIONS {
        for m in [1, 2, 5, 12, 40] {
            let (columns, shift) = (drawn(m * d, &mut next), drawn(d, &mut next));
            let mut net = Net::new(columns.clone(), shift.clone()).unwrap();
            for _ in 0..12 {
                let start = next() >> (64 - m);
                let end = (start + next() % 40).min(1 << m);
                let count = (end - start) as usize * d;
                let want: Vec<u64> = (start..end).flat_map(|i| defined(&columns, &shift, i)).collect();
                let (mut integers, mut doubles, mut singles) = (vec![0; count], vec![0.0; count], vec![0.0; count]);
                net.fill_u64(start..end, &mut integers);
                net.fill(start..end, &mut doubles);
                net.fill_f32(start..end, &mut [], &mut singles);
                assert_eq!(integers, want);
                for (k, &x) in want.iter().enumerate() {
                    assert_eq!(doubles[k], (x as f64 / 2f64.powi(64)).min(LARGEST)); // the cast rounds to nearest
                    assert_eq!(singles[k], (x >> 40) as f32 / 2f32.powi(24));
                }
            }
        }
    }
}

#[test]
fn a_table_that_grows_and_blocks_that_join_change_no_point() {
    let mut next = numbers(3);
    for d in DIMENSIONS {
        let (columns, shift) = (drawn(14 * d, &mut next), drawn(d, &mut next));
        let n = (1u64 << 14).min(200_000 / d as u64).max(64);
        let mut whole = vec![0.0; n as usize * d];
        Net::new(columns.clone(), shift.clone()).unwrap().fill(0..n, &mut whole);
        let mut net = Net::new(columns.clone(), shift.clone()).unwrap();
        let mut from = n;
        for length in [1, 2, 7, 30, 130, 900, n] {
            let start = from.saturating_sub(length);
            let mut part = vec![0.0; (from - start) as usize * d];
            net.fill(start..from, &mut part);
            assert_eq!(part, whole[start as usize * d..from as usize * d]);
            from = start;
        }
        let last = defined(&columns, &shift, n - 1);
        assert!(last.iter().zip(&whole[(n as usize - 1) * d..]).all(|(&x, &y)| x as f64 / 2f64.powi(64) == y));
    }
}

#[test]
fn doubles_are_the_nearest_and_below_one() {
    let hard =
        [0, 1, 1 << 10, 3 << 9, (1 << 53) + 1, u64::MAX, u64::MAX - 511, u64::MAX - 512, u64::MAX - 1536, 1 << 63];
    for x in hard {
        let (mut double, mut single) = ([0.0], [0.0]);
        let mut net = Net::new(vec![1], vec![x]).unwrap();
        net.fill(0..1, &mut double);
        net.fill_f32(0..1, &mut [], &mut single);
        assert_eq!(double[0], (x as f64 / 2f64.powi(64)).min(LARGEST));
        assert!(double[0] < 1.0 && single[0] < 1.0);
    }
}

#[test]
fn coordinates_of_any_number_of_digits_are_the_nearest_doubles() {
    let mut next = numbers(11);
    for digits in [1, 20, 31, 32, 33, 44, 53, 54, 63] {
        for d in [1, 3, 16, 100] {
            let columns: Vec<u64> =
                drawn(10 * d, &mut next).iter().map(|x| x >> (64 - digits) << (64 - digits)).collect();
            let mut points = vec![0.0; 1024 * d];
            Net::new(columns.clone(), vec![0; d]).unwrap().fill(0..1024, &mut points);
            for (i, row) in points.chunks(d).enumerate() {
                let want = defined(&columns, &vec![0; d], i as u64);
                assert!(row.iter().zip(want).all(|(&x, y)| x == (y as f64 / 2f64.powi(64)).min(LARGEST)));
            }
        }
    }
}

#[test]
fn gray_code_order_is_a_net_of_its_own() {
    let mut next = numbers(5);
    let (columns, shift) = (drawn(16 * 3, &mut next), drawn(3, &mut next));
    let mut gray = columns.clone();
    gray_code_order(&mut gray, 3);
    for i in (0..1 << 16).step_by(97) {
        assert_eq!(defined(&gray, &shift, i), defined(&columns, &shift, i ^ (i >> 1)));
    }
}

/// CRC-32 (IEEE 802.3) of the matrices as 32-bit numbers, dimension by dimension.
fn crc32(columns: &[u64], dimension: usize) -> u32 {
    let numbers = (0..dimension).flat_map(|j| columns[j..].iter().step_by(dimension));
    !numbers.flat_map(|x| ((x >> 32) as u32).to_le_bytes()).fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn the_matrices_are_those_of_the_joe_kuo_table() {
    let columns = SobolMatrices::columns(1024, &[]).unwrap();
    assert_eq!(crc32(&columns, 1024), 0xe196_fe92);
    assert_eq!(columns.iter().map(|x| x >> 32).sum::<u64>(), 70_611_736_787_462);
    let all = SobolMatrices::columns(SobolMatrices::MOST, include_bytes!("../../data/joe-kuo-21201.bin")).unwrap();
    assert_eq!(crc32(&all, SobolMatrices::MOST), 0xcc3d_3f6a);
    assert!(
        all.chunks(SobolMatrices::MOST)
            .enumerate()
            .all(|(c, column)| { column.iter().all(|x| x << c >> 63 == 1 && c + 1 < 64 && x << (c + 1) == 0) })
    );
}

#[test]
fn fewer_dimensions_need_fewer_numbers() {
    let all = include_bytes!("../../data/joe-kuo-21201.bin");
    let most = SobolMatrices::columns(2048, &all[..13_500]).unwrap();
    let part = SobolMatrices::columns(1030, &all[..13_500]).unwrap();
    assert!(part.chunks(1030).zip(most.chunks(2048)).all(|(part, most)| part == &most[..1030]));
}

/// From the documentation of QMCToolsCL 1.2.1: scrambling by given matrices, and the interlacing of the result.
#[test]
fn scrambling_and_interlacing_give_the_numbers_of_qmctoolscl() {
    let original = [[8u64, 4, 2, 1], [8, 12, 10, 15], [8, 12, 6, 9], [8, 12, 2, 5]]; // 4 dimensions of 4 columns, 4 digits
    let scramblers = [
        [0b1000, 0b1100, 0b0010, 0b1001, 0b0011, 0b0001],
        [0b1000, 0b0100, 0b1010, 0b1001, 0b0011, 0b1001],
        [0b1000, 0b0100, 0b0110, 0b0101, 0b1010, 0b1111],
        [0b1000, 0b1100, 0b0110, 0b1001, 0b0110, 0b0010],
    ];
    let mut columns: Vec<u64> = (0..4).flat_map(|c| original.map(|row| row[c] << 60)).collect();
    let mut rows = scramblers.into_iter().flatten();
    linear_scramble(&mut columns, 4, 4, 6, || rows.next().unwrap());
    let scrambled = [[52, 16, 10, 7], [45, 61, 39, 48], [35, 62, 22, 38], [52, 46, 11, 30]];
    assert_eq!(columns, (0..4).flat_map(|c| scrambled.map(|row: [u64; 4]| row[c] << 58)).collect::<Vec<_>>());
    let interlaced = interlace(&columns, 2, 12).unwrap();
    let want = [[3697, 1873, 1181, 1322], [3354, 3836, 621, 2428]];
    assert_eq!(interlaced, (0..4).flat_map(|c| want.map(|row: [u64; 4]| row[c] << 52)).collect::<Vec<_>>());
}

#[test]
fn interlacing_keeps_every_digit_at_its_place() {
    let mut next = numbers(9);
    for alpha in 1..=64 {
        let parts = drawn(alpha * 3, &mut next);
        for digits in [1, 12, 63, 64] {
            for (whole, parts) in interlace(&parts, alpha, digits).unwrap().iter().zip(parts.chunks(alpha)) {
                for l in 0..64 {
                    let want = if l < digits { parts[l as usize % alpha] << (l as usize / alpha) >> 63 } else { 0 };
                    assert_eq!(whole << l >> 63, want);
                }
            }
        }
    }
}

#[test]
fn a_scrambled_point_has_the_digits_of_the_reference() {
    assert_eq!([1, 32, 62, 63, 64].map(scrambled_bits), [63, 63, 63, 63, 64]);
}

#[test]
#[should_panic(expected = "assertion failed")]
fn an_index_beyond_the_net_is_a_defect_of_the_caller() {
    Net::new(vec![1; 4], vec![0; 2]).unwrap().fill_u64(4..5, &mut [0; 2]);
}

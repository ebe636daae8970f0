//! Latin hypercubes and independent points, column by column and row by row.

use gossamer_qmc::{Iid, LatinHypercube, Points, SeedSequence, Sfc64};

fn seven() -> SeedSequence {
    SeedSequence::new(vec![7])
}

fn columns(count: u64, size: u32, centered: bool) -> Vec<Vec<f64>> {
    let mut cube = LatinHypercube::new(&seven(), count, size, centered).unwrap();
    let mut column = vec![f64::NAN; size as usize];
    (0..count)
        .map(|_| {
            cube.next_column(&mut column);
            column.clone()
        })
        .collect()
}

#[test]
fn a_hypercube_is_that_of_the_reference() {
    // QMCPy 2.4, LatinHypercube(2, seed=7)(4), to the digits that it prints
    let want = [
        [0.100_790_93, 0.735_593_73, 0.449_280_08, 0.942_725_8],
        [0.465_830_43, 0.811_948_35, 0.538_745_59, 0.109_327_48],
    ];
    for (got, want) in columns(2, 4, false).iter().flatten().zip(want.iter().flatten()) {
        assert!((got - want).abs() <= 0.5e-8, "{got} {want}");
    }
    assert_eq!(columns(2, 4, true), [[0.125, 0.625, 0.375, 0.875], [0.375, 0.875, 0.625, 0.125]]);
}

#[test]
fn every_stratum_holds_one_number() {
    for size in [1, 2, 3, 100, 4097] {
        for mut column in columns(3, size, false) {
            column.sort_by(f64::total_cmp);
            for (k, x) in column.iter().enumerate() {
                let n = f64::from(size);
                assert!(k as f64 / n <= *x && *x < (k + 1) as f64 / n);
            }
        }
    }
}

#[test]
fn independent_points_are_the_draws_of_the_generator() {
    let mut generator = Sfc64::new(&seven());
    let mut out = [0.0; 6];
    Iid::new(seven(), 0, 2, 100).fill(0..3, &mut out);
    assert_eq!(out, out.map(|_| generator.uniform()));
}

#[test]
fn stretches_join_in_any_sequence_of_ranges() {
    let fill = |iid: &mut Iid, range: std::ops::Range<u64>| {
        let mut out = vec![f64::NAN; (range.end - range.start) as usize * 3];
        iid.fill(range, &mut out);
        out
    };
    for replication in [0, 1, 5] {
        let new = || Iid::new(seven(), replication, 3, 4);
        let whole = fill(&mut new(), 0..30);
        let mut iid = new();
        for range in [0..4, 4..5, 5..13, 12..16, 16..16, 3..9, 29..30, 0..30] {
            let part = &whole[range.start as usize * 3..range.end as usize * 3];
            assert_eq!(fill(&mut iid, range.clone()), part);
            let mut later = new();
            later.resume(iid.state());
            assert_eq!(fill(&mut later, range.clone()), part);
        }
        assert!(whole.iter().enumerate().all(|(k, x)| !whole[..k].contains(x)));
    }
}

#[test]
#[should_panic(expected = "assertion failed")]
fn a_stretch_without_points_is_a_defect_of_the_caller() {
    Iid::new(seven(), 0, 1, 0);
}

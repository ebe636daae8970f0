//! The multipliers of QMCPy 2.4's table (`korobov_p2_table.npz`), where no other is equally good.

use gossamer_qmc::korobov_multiplier;

#[test]
fn the_search_finds_the_multipliers_of_the_table() {
    let table = [
        (1, 3, 1),
        (2, 3, 1),
        (8, 2, 3),
        (64, 2, 19),
        (64, 3, 11),
        (64, 5, 23),
        (101, 2, 39),
        (101, 16, 37),
        (256, 50, 61),
        (1021, 2, 374),
        (1021, 5, 223),
        (1024, 50, 43),
    ];
    for (size, dimension, multiplier) in table {
        assert_eq!(korobov_multiplier(size, dimension), Ok(multiplier), "n = {size}, d = {dimension}");
    }
}

#[test]
fn of_equals_the_lowest_is_taken() {
    assert_eq!(korobov_multiplier(7, 2), Ok(2)); // 3 = −1/2 modulo 7 only exchanges the coordinates
}

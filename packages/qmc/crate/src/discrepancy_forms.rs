#![forbid(unsafe_code)]
//! What the discrepancies differ in. The factors are those of F. J. Hickernell, *A generalized discrepancy and quadrature
//! error bound*, Math. Comp. 67, 1998, and of Y. Zhou, K. Fang, J. Ning, *Mixture discrepancy for quasi-random point sets*,
//! J. Complexity 29, 2013, written so that they take few steps; a = |x − ½|.

use crate::pair::Pair;
use std::f64::consts::FRAC_1_SQRT_2;

/// Evaluates an expression with `$Form` standing for the form of a kind.
macro_rules! with_form {
    ($kind:expr, $Form:ident => $value:expr) => {
        match $kind {
            Kind::Centered => {
                type $Form = Centered;
                $value
            }
            Kind::WrapAround => {
                type $Form = WrapAround;
                $value
            }
            Kind::Mixture => {
                type $Form = Mixture;
                $value
            }
            Kind::Star => {
                type $Form = Star;
                $value
            }
        }
    };
}
pub(crate) use with_form;

/// One kind of discrepancy.
pub(crate) trait Form {
    /// c in d dimensions.
    fn constant(d: i32) -> f64;

    /// What one coordinate contributes.
    fn single(x: f64) -> f64;

    /// What `factor` needs of a coordinate.
    fn prepare(x: f64) -> [f64; 2];

    /// What a pair of coordinates contributes.
    fn factor(x: [Pair; 2], y: [Pair; 2]) -> Pair;
}

/// 1 + a/2 + a′/2 − |x − x′|/2 is 1 for coordinates on different sides of ½, else 1 more than the smaller a.
pub(crate) struct Centered;

impl Form for Centered {
    fn constant(d: i32) -> f64 {
        (13.0 / 12.0f64).powi(d)
    }

    fn single(x: f64) -> f64 {
        let a = (x - 0.5).abs();
        1.0 + 0.5 * a - 0.5 * a * a
    }

    fn prepare(x: f64) -> [f64; 2] {
        [1.0 + (x - 0.5).max(0.0), (0.5 - x).max(0.0)]
    }

    #[inline(always)]
    fn factor([above, below]: [Pair; 2], [other_above, other_below]: [Pair; 2]) -> Pair {
        above.min(other_above) + below.min(other_below)
    }
}

/// 3/2 − |x − x′|·(1 − |x − x′|). The 3/2 lies beside each coordinate: engines make a vector constant in three steps.
pub(crate) struct WrapAround;

impl Form for WrapAround {
    fn constant(d: i32) -> f64 {
        -(4.0 / 3.0f64).powi(d)
    }

    fn single(_: f64) -> f64 {
        0.0
    }

    fn prepare(x: f64) -> [f64; 2] {
        [x, 1.5]
    }

    #[inline(always)]
    fn factor([x, most]: [Pair; 2], [y, _]: [Pair; 2]) -> Pair {
        let distance = x - y;
        (most - distance.abs()) + distance * distance
    }
}

/// 15/8 − a/4 − a′/4 − ¾|x − x′| + ½|x − x′|², its last two terms as (√½·|x − x′| − ¾·√½)² − 9/32.
pub(crate) struct Mixture;

impl Form for Mixture {
    fn constant(d: i32) -> f64 {
        (19.0 / 12.0f64).powi(d)
    }

    fn single(x: f64) -> f64 {
        let a = (x - 0.5).abs();
        5.0 / 3.0 - 0.25 * a - 0.25 * a * a
    }

    fn prepare(x: f64) -> [f64; 2] {
        [x * FRAC_1_SQRT_2, 15.0 / 16.0 - 9.0 / 64.0 - 0.25 * (x - 0.5).abs()]
    }

    #[inline(always)]
    fn factor([x, edge]: [Pair; 2], [y, other_edge]: [Pair; 2]) -> Pair {
        let root = (x - y).abs() - Pair::splat(0.75 * FRAC_1_SQRT_2);
        (edge + other_edge) + root * root
    }
}

/// 1 − max(x, x′)
pub(crate) struct Star;

impl Form for Star {
    fn constant(d: i32) -> f64 {
        (1.0 / 3.0f64).powi(d)
    }

    fn single(x: f64) -> f64 {
        0.5 * (1.0 - x * x)
    }

    fn prepare(x: f64) -> [f64; 2] {
        [1.0 - x, 0.0]
    }

    #[inline(always)]
    fn factor([x, _]: [Pair; 2], [y, _]: [Pair; 2]) -> Pair {
        x.min(y)
    }
}

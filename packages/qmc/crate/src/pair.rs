#![forbid(unsafe_code)]
//! Two doubles that take every step together: a SIMD register in WebAssembly, an array elsewhere, the same bits in both.

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32 as simd;
use std::f64::consts::FRAC_1_SQRT_2;
use std::ops::{Add, Div, Mul, Sub};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair(#[cfg(target_arch = "wasm32")] simd::v128, #[cfg(not(target_arch = "wasm32"))] [f64; 2]);

const MANTISSA: u64 = (1 << 52) - 1;
/// The upper 26 bits of a mantissa with its hidden one: their square is exact.
const UPPER: u64 = u64::MAX << 27;
/// The distance between the bits of 1 and of √½.
const HALF_OCTAVE: u64 = 1.0f64.to_bits() - FRAC_1_SQRT_2.to_bits();
/// 2^52, and what an exponent that was put into its mantissa is too large by.
const TWO_POW_52: u64 = 1075 << 52;
const BIAS: f64 = ((1u64 << 52) + 1023) as f64;

#[cfg(target_arch = "wasm32")]
impl Pair {
    pub(crate) fn new([a, b]: [f64; 2]) -> Self {
        Self(simd::f64x2(a, b))
    }

    pub(crate) fn splat(value: f64) -> Self {
        Self(simd::f64x2_splat(value))
    }

    pub(crate) fn lanes(self) -> [f64; 2] {
        [simd::f64x2_extract_lane::<0>(self.0), simd::f64x2_extract_lane::<1>(self.0)]
    }

    pub(crate) fn sqrt(self) -> Self {
        Self(simd::f64x2_sqrt(self.0))
    }

    pub(crate) fn abs(self) -> Self {
        Self(simd::f64x2_abs(self.0))
    }

    /// The smaller ones of two pairs of numbers.
    pub(crate) fn min(self, other: Self) -> Self {
        Self(simd::f64x2_pmin(self.0, other.0))
    }

    /// The numbers without the lower half of their mantissas.
    pub(crate) fn upper(self) -> Self {
        Self(simd::v128_and(self.0, simd::u64x2_splat(UPPER)))
    }

    /// (e, m) with m·2^e = self and √½ ≤ m < √2, for positive normal numbers.
    pub(crate) fn octaves(self) -> (Self, Self) {
        let bits = simd::u64x2_add(self.0, simd::u64x2_splat(HALF_OCTAVE));
        let exponent = simd::v128_or(simd::u64x2_shr(bits, 52), simd::u64x2_splat(TWO_POW_52));
        let mantissa = simd::v128_and(bits, simd::u64x2_splat(MANTISSA));
        let mantissa = simd::u64x2_add(mantissa, simd::u64x2_splat(FRAC_1_SQRT_2.to_bits()));
        (Self(exponent) - Self::splat(BIAS), Self(mantissa))
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Pair {
    pub(crate) fn new(lanes: [f64; 2]) -> Self {
        Self(lanes)
    }

    pub(crate) fn splat(value: f64) -> Self {
        Self([value; 2])
    }

    pub(crate) fn lanes(self) -> [f64; 2] {
        self.0
    }

    pub(crate) fn sqrt(self) -> Self {
        Self(self.0.map(f64::sqrt))
    }

    pub(crate) fn abs(self) -> Self {
        Self(self.0.map(f64::abs))
    }

    pub(crate) fn min(self, other: Self) -> Self {
        let [a, b] = other.0;
        Self([if a < self.0[0] { a } else { self.0[0] }, if b < self.0[1] { b } else { self.0[1] }])
    }

    pub(crate) fn upper(self) -> Self {
        Self(self.0.map(|x| f64::from_bits(x.to_bits() & UPPER)))
    }

    pub(crate) fn octaves(self) -> (Self, Self) {
        let bits = self.0.map(|x| x.to_bits().wrapping_add(HALF_OCTAVE));
        let exponent = bits.map(|b| f64::from_bits(b >> 52 | TWO_POW_52) - BIAS);
        let mantissa = bits.map(|b| f64::from_bits((b & MANTISSA) + FRAC_1_SQRT_2.to_bits()));
        (Self(exponent), Self(mantissa))
    }
}

macro_rules! operator {
    ($Trait:ident, $method:ident, $lanes:ident) => {
        impl $Trait for Pair {
            type Output = Self;

            #[cfg(target_arch = "wasm32")]
            fn $method(self, other: Self) -> Self {
                Self(simd::$lanes(self.0, other.0))
            }

            #[cfg(not(target_arch = "wasm32"))]
            fn $method(self, other: Self) -> Self {
                Self([self.0[0].$method(other.0[0]), self.0[1].$method(other.0[1])])
            }
        }
    };
}

operator!(Add, add, f64x2_add);
operator!(Sub, sub, f64x2_sub);
operator!(Mul, mul, f64x2_mul);
operator!(Div, div, f64x2_div);

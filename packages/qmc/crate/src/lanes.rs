#![forbid(unsafe_code)]
//! Four lanes of 32 bits: a SIMD register in WebAssembly, an array elsewhere.

use std::array::from_fn;
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul};

#[cfg(target_arch = "wasm32")]
use core::arch::wasm32 as simd;

/// Arithmetic is modulo 2^32.
#[derive(Debug, Clone, Copy)]
pub(crate) struct U32x4(#[cfg(target_arch = "wasm32")] simd::v128, #[cfg(not(target_arch = "wasm32"))] [u32; 4]);

#[cfg(target_arch = "wasm32")]
impl U32x4 {
    pub(crate) fn new([a, b, c, d]: [u32; 4]) -> Self {
        Self(simd::u32x4(a, b, c, d))
    }

    pub(crate) fn lanes(self) -> [u32; 4] {
        [
            simd::u32x4_extract_lane::<0>(self.0),
            simd::u32x4_extract_lane::<1>(self.0),
            simd::u32x4_extract_lane::<2>(self.0),
            simd::u32x4_extract_lane::<3>(self.0),
        ]
    }

    pub(crate) fn shr(self, bits: u32) -> Self {
        Self(simd::u32x4_shr(self.0, bits))
    }

    /// The high and the low half of four numbers, the bytes of each in reverse.
    pub(crate) fn halves([a, b, c, d]: [u64; 4]) -> (Self, Self) {
        let (ab, cd) = (simd::u64x2(a, b), simd::u64x2(c, d));
        let high = simd::u8x16_shuffle::<7, 6, 5, 4, 15, 14, 13, 12, 23, 22, 21, 20, 31, 30, 29, 28>(ab, cd);
        let low = simd::u8x16_shuffle::<3, 2, 1, 0, 11, 10, 9, 8, 19, 18, 17, 16, 27, 26, 25, 24>(ab, cd);
        (Self(high), Self(low))
    }

    /// The numbers of which these are the [`U32x4::halves`].
    pub(crate) fn join(Self(high): Self, Self(low): Self) -> [u64; 4] {
        let ab = simd::u8x16_shuffle::<19, 18, 17, 16, 3, 2, 1, 0, 23, 22, 21, 20, 7, 6, 5, 4>(high, low);
        let cd = simd::u8x16_shuffle::<27, 26, 25, 24, 11, 10, 9, 8, 31, 30, 29, 28, 15, 14, 13, 12>(high, low);
        [
            simd::u64x2_extract_lane::<0>(ab),
            simd::u64x2_extract_lane::<1>(ab),
            simd::u64x2_extract_lane::<0>(cd),
            simd::u64x2_extract_lane::<1>(cd),
        ]
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl U32x4 {
    pub(crate) fn new(lanes: [u32; 4]) -> Self {
        Self(lanes)
    }

    pub(crate) fn lanes(self) -> [u32; 4] {
        self.0
    }

    pub(crate) fn shr(self, bits: u32) -> Self {
        Self(self.0.map(|x| x >> bits))
    }

    pub(crate) fn halves(numbers: [u64; 4]) -> (Self, Self) {
        (Self(numbers.map(|x| ((x >> 32) as u32).swap_bytes())), Self(numbers.map(|x| (x as u32).swap_bytes())))
    }

    pub(crate) fn join(Self(high): Self, Self(low): Self) -> [u64; 4] {
        from_fn(|lane| u64::from(high[lane].swap_bytes()) << 32 | u64::from(low[lane].swap_bytes()))
    }
}

impl Default for U32x4 {
    fn default() -> Self {
        Self::splat(0)
    }
}

impl U32x4 {
    pub(crate) fn splat(x: u32) -> Self {
        Self::new([x; 4])
    }

    pub(crate) fn from_fn(lane: impl FnMut(usize) -> u32) -> Self {
        Self::new(from_fn(lane))
    }
}

macro_rules! lanewise {
    ($($trait:ident :: $method:ident = $wasm:ident, $scalar:expr;)*) => {$(
        impl $trait for U32x4 {
            type Output = Self;

            #[cfg(target_arch = "wasm32")]
            fn $method(self, other: Self) -> Self {
                Self(simd::$wasm(self.0, other.0))
            }

            #[cfg(not(target_arch = "wasm32"))]
            fn $method(self, other: Self) -> Self {
                Self(from_fn(|lane| $scalar(self.0[lane], other.0[lane])))
            }
        }
    )*};
}

lanewise! {
    Add::add = u32x4_add, u32::wrapping_add;
    Mul::mul = u32x4_mul, u32::wrapping_mul;
    BitAnd::bitand = v128_and, u32::bitand;
    BitOr::bitor = v128_or, u32::bitor;
    BitXor::bitxor = v128_xor, u32::bitxor;
}

#![forbid(unsafe_code)]
//! Two doubles at once: a SIMD register on wasm, where LLVM does not find the lanes of these loops by itself, and a plain
//! pair elsewhere, with the same bits.

#[cfg(not(target_arch = "wasm32"))]
pub(super) use plain::Pair;
#[cfg(target_arch = "wasm32")]
pub(super) use simd::Pair;

/// The four quarters of `x`, two numbers at a time.
pub(super) fn quarters(x: &mut [f64]) -> [&mut [[f64; 2]]; 4] {
    let part = x.len() / 8;
    let (a, x) = x.as_chunks_mut().0.split_at_mut(part);
    let (b, x) = x.split_at_mut(part);
    let (c, d) = x.split_at_mut(part);
    [a, b, c, d]
}

#[cfg(target_arch = "wasm32")]
mod simd {
    use core::arch::wasm32::*;

    #[derive(Clone, Copy)]
    pub struct Pair(v128);

    impl Pair {
        #[inline(always)]
        pub fn of([first, second]: [f64; 2]) -> Self {
            Self(f64x2(first, second))
        }

        #[inline(always)]
        pub fn both(value: f64) -> Self {
            Self(f64x2_splat(value))
        }

        #[inline(always)]
        pub fn array(self) -> [f64; 2] {
            [f64x2_extract_lane::<0>(self.0), f64x2_extract_lane::<1>(self.0)]
        }

        #[inline(always)]
        pub fn swapped(self) -> Self {
            Self(i64x2_shuffle::<1, 0>(self.0, self.0))
        }

        /// (first of self, first of other)
        #[inline(always)]
        pub fn firsts(self, other: Self) -> Self {
            Self(i64x2_shuffle::<0, 2>(self.0, other.0))
        }

        /// (second of self, second of other)
        #[inline(always)]
        pub fn seconds(self, other: Self) -> Self {
            Self(i64x2_shuffle::<1, 3>(self.0, other.0))
        }
    }

    impl std::ops::Add for Pair {
        type Output = Self;
        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(f64x2_add(self.0, other.0))
        }
    }

    impl std::ops::Sub for Pair {
        type Output = Self;
        #[inline(always)]
        fn sub(self, other: Self) -> Self {
            Self(f64x2_sub(self.0, other.0))
        }
    }

    impl std::ops::Mul for Pair {
        type Output = Self;
        #[inline(always)]
        fn mul(self, other: Self) -> Self {
            Self(f64x2_mul(self.0, other.0))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod plain {
    #[derive(Clone, Copy)]
    pub struct Pair([f64; 2]);

    impl Pair {
        pub fn of(pair: [f64; 2]) -> Self {
            Self(pair)
        }

        pub fn both(value: f64) -> Self {
            Self([value; 2])
        }

        pub fn array(self) -> [f64; 2] {
            self.0
        }

        pub fn swapped(self) -> Self {
            Self([self.0[1], self.0[0]])
        }

        pub fn firsts(self, other: Self) -> Self {
            Self([self.0[0], other.0[0]])
        }

        pub fn seconds(self, other: Self) -> Self {
            Self([self.0[1], other.0[1]])
        }
    }

    impl std::ops::Add for Pair {
        type Output = Self;
        fn add(self, other: Self) -> Self {
            Self([self.0[0] + other.0[0], self.0[1] + other.0[1]])
        }
    }

    impl std::ops::Sub for Pair {
        type Output = Self;
        fn sub(self, other: Self) -> Self {
            Self([self.0[0] - other.0[0], self.0[1] - other.0[1]])
        }
    }

    impl std::ops::Mul for Pair {
        type Output = Self;
        fn mul(self, other: Self) -> Self {
            Self([self.0[0] * other.0[0], self.0[1] * other.0[1]])
        }
    }
}

#![forbid(unsafe_code)]
//! Digits of one base, and the exact sums of their values.

use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Add;

/// The largest number of dimensions: that many primes are below 2^13, so that a digit has 13 bits.
pub(crate) const MAX_DIMENSION: usize = 1028;

/// Digits of a randomised coordinate, as many as QMCPy draws: in base 2 they reach to 2^−63.
pub(crate) const DRAWN_DIGITS: usize = 63;

/// The first `count` primes.
pub(crate) fn primes(count: usize) -> impl Iterator<Item = u32> + Clone {
    let prime = |n: &u32| (2..).take_while(|p| p * p <= *n).all(|p| !n.is_multiple_of(p));
    (2..).filter(prime).take(count)
}

/// The digits y of a coordinate as two integers, Y = y₁…yₘ and Z = yₘ₊₁…y_L. Doubles hold them and sums of their parts exactly,
/// in any order: a coordinate is a function of its digits alone.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Digits {
    pub first: f64,
    pub second: f64,
}

impl Add for Digits {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { first: self.first + other.first, second: self.second + other.second }
    }
}

/// b^−m and b^−L.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units {
    /// b^−m cut to so many bits that its product with Y is exact.
    high: f64,
    /// The rest of b^−m.
    low: f64,
    second: f64,
}

impl Units {
    /// Y·b^−m + Z·b^−L, rounded once but for some 2^−72, and below 1.
    pub fn round(self, first: f64, second: f64) -> f64 {
        const LIMIT: f64 = 1.0 - f64::EPSILON / 2.0;
        let x = first * self.high + (first * self.low + second * self.second);
        if x < LIMIT { x } else { LIMIT } // one instruction, unlike min() with its rules for NaN
    }
}

/// The digits of one base.
#[derive(Debug, Clone)]
pub(crate) struct Radix {
    /// b, below 2^13.
    pub base: u32,
    /// The fewest digits that all indices below 2^32 fit into; with them an index is below 2^45.
    pub index_digits: usize,
    /// m, with b^m ≤ 2^34.
    pub first: usize,
    /// L ≤ 63, with b^(L − m) ≤ 2^53: the digits after them are worth less than 2^−68, if there are any.
    pub digits: usize,
    /// What a digit 1 is in Y or Z.
    pub weights: [u64; DRAWN_DIGITS],
    pub units: Units,
}

impl Radix {
    pub fn new(base: u32) -> Self {
        let fits = |k, limit| u64::from(base).checked_pow(k).is_some_and(|power| power <= limit);
        let within = |limit: u64| (1..).take_while(|&k| fits(k, limit)).count();
        let index_digits = within((1 << 32) - 1) + 1;
        let first = within(1 << 34);
        let digits = DRAWN_DIGITS.min(first + within(1 << 53));
        let power = |k: usize| u64::from(base).pow(k as u32) as f64; // exact
        let mut weights = [0; DRAWN_DIGITS];
        for group in [0..first, first..digits] {
            let end = group.end;
            for position in group {
                weights[position] = u64::from(base).pow((end - 1 - position) as u32);
            }
        }
        let unit = 1.0 / power(first);
        let high = f64::from_bits(unit.to_bits() >> 34 << 34); // 19 bits
        // 1 − high·b^m is exact: it is a multiple of high's last bit and below 2^−18
        let low = (1.0 - high * power(first)) / power(first);
        let units = Units { high, low, second: unit / power(digits - first) };
        Self { base, index_digits, first, digits, weights, units }
    }

    /// b^k
    pub fn power(&self, k: usize) -> u64 {
        u64::from(self.base).pow(k as u32)
    }

    /// The largest number of index digits with b^k ≤ `limit`.
    pub fn digits_within(&self, limit: u64) -> usize {
        (1..=self.index_digits).take_while(|&k| self.power(k) <= limit).count()
    }

    /// The digits of an index, lowest first.
    pub fn index(&self, index: u64) -> impl Iterator<Item = u32> {
        let base = u64::from(self.base);
        let mut rest = index;
        (0..self.index_digits).map(move |_| {
            let digit = rest % base;
            rest /= base;
            digit as u32
        })
    }

    /// What digits from a position on, counted from 0, are in Y and Z.
    pub fn sum(&self, start: usize, digits: impl Iterator<Item = u32>) -> Digits {
        let mut sums = [0, 0];
        for (position, digit) in (start..).zip(digits) {
            sums[usize::from(position >= self.first)] += u64::from(digit) * self.weights[position];
        }
        Digits { first: sums[0] as f64, second: sums[1] as f64 }
    }

    /// What one digit is.
    pub fn value(&self, position: usize, digit: u32) -> Digits {
        self.sum(position, [digit].into_iter())
    }

    /// Sums of `value(position, digit)` for all numbers of `k` digits, lowest first.
    pub fn table<V>(&self, k: usize, value: impl Fn(usize, u32) -> V) -> Result<Vec<V>, Refusal>
    where
        V: Add<Output = V> + Copy + Default,
    {
        let mut table = zeroed("tables", self.power(k) as usize)?;
        self.fill_table(&mut table, value);
        Ok(table)
    }

    /// The same into a table that has the length.
    pub fn fill_table<V>(&self, table: &mut [V], value: impl Fn(usize, u32) -> V)
    where
        V: Add<Output = V> + Copy + Default,
    {
        table[0] = V::default();
        let (mut filled, mut position) = (1, 0);
        while filled < table.len() {
            let (shorter, rest) = table.split_at_mut(filled);
            for (digit, longer) in (1..self.base).zip(rest.chunks_exact_mut(filled)) {
                let value = value(position, digit);
                for (sum, &low) in longer.iter_mut().zip(shorter.iter()) {
                    *sum = low + value;
                }
            }
            let value = value(position, 0);
            for sum in shorter {
                *sum = *sum + value;
            }
            filled *= self.base as usize;
            position += 1;
        }
    }
}

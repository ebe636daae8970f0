#![forbid(unsafe_code)]
//! Digits of one base, and the exact sums of their values.

use gossamer_rust_kit::{Refusal, zeroed};
use std::ops::Add;

/// The largest number of dimensions: that many primes are below 2^13, so that a digit has 13 bits.
pub(crate) const MAX_DIMENSION: usize = 1028;

/// Digits of a randomised coordinate, as many as QMCPy draws: in base 2 they reach to 2^−63.
pub(crate) const DRAWN_DIGITS: usize = 63;

/// Binary digits of a [`Fixed`] number.
const FIXED_BITS: u32 = 100;
/// Digits are kept until the rest is below 2^−80.
const KEPT_BITS: u32 = 80;

/// The first `count` primes.
pub(crate) fn primes(count: usize) -> Vec<u32> {
    let mut primes: Vec<u32> = Vec::with_capacity(count);
    let mut candidate = 2;
    while primes.len() < count {
        if primes.iter().take_while(|&p| p * p <= candidate).all(|p| candidate % p != 0) {
            primes.push(candidate);
        }
        candidate += 1;
    }
    primes
}

/// A number in [0, 1) in two doubles, multiples of 2^−53 and of 2^−100. The parts of a digit's value are below 1 and below
/// 2^−53, so sums of up to 64 of them are exact in any order: a coordinate is a function of its digits alone.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Fixed {
    pub high: f64,
    pub low: f64,
}

impl Add for Fixed {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { high: self.high + other.high, low: self.low + other.low }
    }
}

impl Fixed {
    /// `high`·2^−53 + `low`·2^−100.
    fn new(high: u64, low: u64) -> Self {
        const TWO_POW_M100: f64 = 1.0 / (1u128 << FIXED_BITS) as f64;
        let carry = low >> LOW_BITS;
        Self { high: (high + carry) as f64 * TWO_POW_M53, low: (low - (carry << LOW_BITS)) as f64 * TWO_POW_M100 }
    }

    /// The nearest double below 1.
    pub fn round(self) -> f64 {
        below_one(self.high + self.low)
    }
}

const LOW_BITS: u32 = FIXED_BITS - 53;
const TWO_POW_M53: f64 = 1.0 / (1u64 << 53) as f64;

/// x, or the largest double below 1 for a number that was rounded up to 1.
pub(crate) fn below_one(x: f64) -> f64 {
    const LIMIT: f64 = 1.0 - TWO_POW_M53;
    if x < LIMIT { x } else { LIMIT } // one instruction, unlike min() with its rules for NaN
}

/// b^−ℓ in units of 2^−53, and the rest in units of 2^−100, cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    pub high: u64,
    pub low: u64,
}

impl Weight {
    fn divided(self, base: u64) -> Self {
        Self { high: self.high / base, low: ((self.high % base) << LOW_BITS | self.low) / base }
    }
}

/// The digits of one base.
#[derive(Debug, Clone)]
pub(crate) struct Radix {
    /// b, below 2^13.
    pub base: u32,
    /// The fewest digits that all indices below 2^32 fit into; with them an index is below 2^45.
    pub index_digits: usize,
    /// The weights of those digits of a randomised coordinate that reach to 2^−100.
    pub weights: Vec<Weight>,
}

impl Radix {
    pub fn new(base: u32) -> Self {
        let index_digits = (1..).find(|&k| u64::from(base).pow(k) >= 1 << 32).unwrap_or(0) as usize;
        let mut next = Weight { high: 1 << 53, low: 0 };
        let weights = (0..DRAWN_DIGITS).map_while(|_| {
            let needed = next.high > 0 || next.low >> (FIXED_BITS - KEPT_BITS) > 0;
            next = next.divided(u64::from(base));
            needed.then_some(next)
        });
        let weights = weights.collect();
        Self { base, index_digits, weights }
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
    pub fn digits(&self, index: u64) -> impl Iterator<Item = u32> {
        let base = u64::from(self.base);
        let mut rest = index;
        (0..self.index_digits).map(move |_| {
            let digit = rest % base;
            rest /= base;
            digit as u32
        })
    }

    /// Σ digit·weight, exactly.
    pub fn sum(digits: impl Iterator<Item = u32>, weights: &[Weight]) -> Fixed {
        // low: 8 digits of 13 bits or 63 of 2 bits and so on, times 47 bits, are below 2^64
        let (mut high, mut low) = (0, 0);
        for (digit, weight) in digits.zip(weights) {
            high += u64::from(digit) * weight.high;
            low += u64::from(digit) * weight.low;
        }
        Fixed::new(high, low)
    }

    /// One digit's value; `position` counts from 0.
    pub fn value(&self, position: usize, digit: u32) -> Fixed {
        Self::sum([digit].into_iter(), &self.weights[position..])
    }

    /// Σ of `value(position, digit)` for all numbers of `k` digits, lowest first.
    pub fn table<V>(&self, k: usize, value: impl Fn(usize, u32) -> V) -> Result<Vec<V>, Refusal>
    where
        V: Add<Output = V> + Copy + Default,
    {
        let mut table = zeroed("tables", self.power(k) as usize)?;
        self.fill_table(&mut table, value);
        Ok(table)
    }

    /// The same into a table that has their number.
    pub fn fill_table<V>(&self, table: &mut [V], value: impl Fn(usize, u32) -> V)
    where
        V: Add<Output = V> + Copy + Default,
    {
        let mut filled = 1;
        table[0] = V::default();
        for position in 0.. {
            if filled == table.len() {
                break;
            }
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
        }
    }
}

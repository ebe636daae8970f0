#![forbid(unsafe_code)]
//! Nested scrambling without a memory: the permutation of a digit is a function of a key and of the digits above it.

use super::blocks::Block;
use super::radix::Radix;
use gossamer_rust_kit::{Refusal, zeroed};

/// Digits above a node of the tree, and what became of them.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// The digits above, as the number below b^depth that has them.
    prefix: u64,
    /// The scrambled digits above, as a whole number below b^depth.
    numerator: u64,
    /// The scrambled digits below, if the digits below are all 0: a binary fraction.
    rest: u64,
}

pub(crate) struct Owen {
    radix: Radix,
    key: u64,
    /// 2^40 / b, cut, plus 1: x·this/2^40 is x/b for x < 2^27.
    reciprocal: u64,
    low_digits: usize,
    /// The nodes of the low digits, if there are enough points to use them more than once.
    low: Vec<Node>,
    /// The digits above the low ones, up to the last that is not 0.
    high: Vec<u32>,
}

/// Nodes per table at most.
const NODES: u64 = 4096;

impl Owen {
    pub fn new(radix: Radix, key: u64, count: u64) -> Result<Self, Refusal> {
        let low_digits = radix.digits_within(NODES).max(1);
        let reciprocal = (1 << 40) / u64::from(radix.base) + 1;
        let high = Vec::with_capacity(radix.index_digits);
        let mut owen = Self { radix, key, reciprocal, low_digits, low: Vec::new(), high };
        let size = owen.size();
        if size <= NODES && size <= 4 * count {
            owen.low = owen.nodes(size as usize)?;
        }
        Ok(owen)
    }

    fn hash(&self, prefix: u64, depth: usize) -> u64 {
        mix(self.key.wrapping_add((prefix << 6 | depth as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    fn uniform(&self, prefix: u64) -> u64 {
        self.hash(prefix, 63)
    }

    /// The node below `node`, whose depth is `depth` and has the weight b^depth.
    fn child(&self, node: Node, depth: usize, weight: u64, digit: u32) -> Node {
        let Node { prefix, numerator, rest } = node;
        let base = u64::from(self.radix.base);
        let zero = high_product(rest, base); // what 0 becomes
        if digit == 0 {
            return Node { prefix, numerator: numerator * base + zero, rest: rest.wrapping_mul(base) };
        }
        let factor = if base == 2 { 1 } else { 1 + high_product(self.hash(prefix, depth), base - 1) }; // no hash for nothing
        let sum = zero + factor * u64::from(digit);
        let scrambled = sum - ((sum * self.reciprocal) >> 40) * base;
        let prefix = prefix + weight * u64::from(digit);
        Node { prefix, numerator: numerator * base + scrambled, rest: self.uniform(prefix) }
    }

    /// The nodes of all numbers of as many digits as there are `count` of, a level at a time.
    fn nodes(&self, count: usize) -> Result<Vec<Node>, Refusal> {
        let mut nodes = zeroed("tables", count)?;
        nodes[0] = self.root();
        let (mut depth, mut weight) = (0, 1);
        while weight < count {
            for place in (0..weight * self.radix.base as usize).rev() {
                let (digit, prefix) = (place / weight, place % weight);
                nodes[place] = self.child(nodes[prefix], depth, weight as u64, digit as u32);
            }
            (depth, weight) = (depth + 1, weight * self.radix.base as usize);
        }
        Ok(nodes)
    }

    fn root(&self) -> Node {
        Node { prefix: 0, numerator: 0, rest: self.uniform(0) }
    }

    fn low_node(&self, low: u64) -> Node {
        let digits = self.radix.index(low).take(self.low_digits).enumerate();
        digits.fold(self.root(), |node, (depth, digit)| self.child(node, depth, self.radix.power(depth), digit))
    }
}

impl Block for Owen {
    fn size(&self) -> u64 {
        self.radix.power(self.low_digits)
    }

    fn enter(&mut self, block: u64) {
        self.high.clear();
        self.high.extend(self.radix.index(block));
        while self.high.last() == Some(&0) {
            self.high.pop();
        }
    }

    fn fill(&self, low: usize, out: &mut [f64]) {
        let denominator = self.radix.power(self.low_digits + self.high.len());
        // As many bits of the rest as make 53 together with the numerator: a quotient below 1 is then at most 1 − 2^−53.
        let bits = (denominator - 1).leading_zeros() - 11;
        let scaled = (denominator << bits) as f64;
        for (x, low) in out.iter_mut().zip(low..) {
            let mut node = self.low.get(low).copied().unwrap_or_else(|| self.low_node(low as u64));
            let mut weight = self.size();
            for (depth, &digit) in (self.low_digits..).zip(&self.high) {
                node = self.child(node, depth, weight, digit);
                weight *= u64::from(self.radix.base);
            }
            *x = (node.numerator << bits | node.rest >> (64 - bits)) as f64 / scaled;
        }
    }
}

/// ⌊x·small / 2^64⌋ for small < 2^32.
fn high_product(x: u64, small: u64) -> u64 {
    ((x >> 32) * small + (((x & 0xffff_ffff) * small) >> 32)) >> 32
}

/// The finaliser of `SplitMix64`.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

//! QMCPy's nested uniform scramble.

use gossamer_qmc::{Fractions, OwenTree, OwenTreeNet, Points, SeedSequence, Sfc64};
use std::collections::HashMap;

/// Every node by its depth and prefix; the flips that a leaf holds and the number it stands for.
struct Oracle {
    bits: u32,
    generator: Sfc64,
    flips: HashMap<(u32, u64), bool>,
    leaves: Vec<u64>,
}

impl Oracle {
    fn new(seed: &SeedSequence, bits: u32) -> Self {
        let mut oracle = Self { bits, generator: Sfc64::new(seed), flips: HashMap::new(), leaves: vec![] };
        oracle.add(0, bits);
        oracle
    }

    fn node(&self, x: u64, depth: u32) -> (u32, u64) {
        (depth, x.checked_shr(self.bits - depth).unwrap_or(0))
    }

    /// A new number draws the flips of the digits after those that it shares with a number before it, and of one more.
    fn add(&mut self, x: u64, below: u32) {
        let drawn = if below == 0 { 0 } else { self.generator.bits(below) };
        for digit in 0..below {
            let node = self.node(x, self.bits - 1 - digit);
            self.flips.insert(node, drawn >> digit & 1 == 1);
        }
        self.leaves.push(x);
    }

    fn scramble(&mut self, x: u64) -> u64 {
        let shared = |y: &u64| (x ^ y).leading_zeros() + self.bits - 64;
        let common = self.leaves.iter().map(shared).max().unwrap_or(0).min(self.bits);
        if common < self.bits {
            self.add(x, self.bits - 1 - common);
        }
        let flip = |digit: u32| u64::from(self.flips[&self.node(x, self.bits - 1 - digit)]) << digit;
        x ^ (0..self.bits).map(flip).sum::<u64>()
    }
}

#[test]
fn the_tree_draws_what_every_new_number_needs() {
    let mut generator = Sfc64::new(&SeedSequence::new(vec![1]));
    for bits in [1, 2, 7, 31, 32, 33, 34, 63, 64] {
        let seed = SeedSequence::new(vec![bits]);
        let mut tree = OwenTree::new(&seed, bits).unwrap();
        let mut oracle = Oracle::new(&seed, bits);
        for i in 0..300 {
            // Numbers that share many digits, numbers again, and any number.
            let x = generator.next_u64() >> (64 - bits);
            let x = if i % 3 == 0 { x } else { x & 0x8001_0000_8000_0101 };
            let unused = 64 - bits;
            assert_eq!(tree.scramble(x << unused).unwrap(), oracle.scramble(x) << unused, "{bits} bits, number {i}");
        }
    }
}

#[test]
fn a_range_is_what_a_walk_from_the_first_point_gives() {
    let columns: Vec<u64> = (0..8).flat_map(|c| [1 << (63 - c), 0x9e37_79b9 << (32 - c) | 1 << (63 - c)]).collect();
    let seeds = |j: usize| SeedSequence::new(vec![7, j as u32]);
    let range = |start: u64, end: u64| {
        let mut net = OwenTreeNet::new(&columns, (2, 1, 64), seeds, start..end).unwrap();
        let mut out = vec![0; (end - start) as usize * net.dimension()];
        net.fill_u64(start..end, &mut out);
        out
    };
    let all = range(0, 256);
    for (start, end) in [(0, 1), (0, 0), (5, 77), (128, 256), (255, 256)] {
        assert_eq!(range(start, end), all[2 * start as usize..2 * end as usize]);
    }
}

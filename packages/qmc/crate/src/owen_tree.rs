#![forbid(unsafe_code)]
//! Owen's nested uniform scramble as QMCPy draws it: a tree that grows with the points it has seen.

use crate::{SeedSequence, Sfc64};
use gossamer_rust_kit::Refusal;

/// The tree of one coordinate. What a new point draws depends on all points before it, so they have to come in the order
/// of their indices, from the first one; a point that comes again is scrambled as before.
///
/// Source: `rand_funcs.py` of QMCToolsCL 1.2 for the order of the draws; for the method see [`crate::Owen`].
#[derive(Debug)]
pub struct OwenTree {
    bits: u32,
    nodes: Vec<Node>,
    generator: Sfc64,
}

/// A leaf stands for one number: the rest of its digits, and their flips. A node that two numbers passed has the flip of
/// their next digit and a child for each value of it, which is 0 if no number went there.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    digits: u64,
    flips: u64,
    children: [u32; 2],
}

impl OwenTree {
    /// A tree for numbers of `bits` digits, 1 to 64, with the flips of 0.
    pub fn new(seed: &SeedSequence, bits: u32) -> Result<Self, Refusal> {
        let mut generator = Sfc64::new(seed);
        let flips = generator.bits(bits);
        let mut tree = Self { bits, nodes: Vec::new(), generator };
        tree.grow(Node { flips, ..Node::default() })?;
        Ok(tree)
    }

    /// Scrambles a binary fraction of 64 bits, of which those after the first `bits` are 0.
    pub fn scramble(&mut self, x: u64) -> Result<u64, Refusal> {
        let unused = u64::BITS - self.bits;
        Ok(x ^ self.flips(x >> unused)? << unused)
    }

    /// The flips of a number of which `rest` is left below the current node.
    fn flips(&mut self, mut rest: u64) -> Result<u64, Refusal> {
        let (mut above, mut at) = (0, 0);
        for below in (0..self.bits).rev() {
            let node = match self.nodes[at] {
                Node { digits, flips, children: [0, 0] } if digits == rest => return Ok(above | flips),
                Node { children: [0, 0], .. } => self.split(at, below)?,
                node => node,
            };
            above |= node.flips << below;
            let digit = (rest >> below) as usize;
            rest &= !(1 << below);
            if node.children[digit] == 0 {
                let flips = if below == 0 { 0 } else { self.generator.bits(below) };
                self.nodes[at].children[digit] = self.grow(Node { digits: rest, flips, ..Node::default() })?;
                return Ok(above | flips);
            }
            at = node.children[digit] as usize;
        }
        Ok(above)
    }

    /// A leaf that a second number reached keeps its first flip. The others go to a child.
    fn split(&mut self, at: usize, below: u32) -> Result<Node, Refusal> {
        let Node { digits, flips, .. } = self.nodes[at];
        let others = !(1 << below);
        let mut children = [0, 0];
        children[(digits >> below) as usize] =
            self.grow(Node { digits: digits & others, flips: flips & others, ..Node::default() })?;
        self.nodes[at] = Node { digits: 0, flips: flips >> below, children };
        Ok(self.nodes[at])
    }

    fn grow(&mut self, node: Node) -> Result<u32, Refusal> {
        let index = self.nodes.len();
        if index == self.nodes.capacity() {
            self.nodes.try_reserve(index.max(64)).map_err(|_| {
                let bytes = 2 * index * size_of::<Node>();
                Refusal::new("out-of-memory", format!("points: no room for {bytes} bytes of a scrambling tree"))
            })?;
        }
        self.nodes.push(node);
        Ok(index as u32)
    }
}

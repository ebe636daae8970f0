#![forbid(unsafe_code)]
//! Nested uniform scrambling with the permutations that QMCPy draws while it goes from point to point.

use super::Coordinate;
use super::radix::{DRAWN_DIGITS, Digits, Radix};
use crate::Sfc64;
use gossamer_rust_kit::{Refusal, zeroed};

/// The points from the first one on, as a tree of their digits. A point's permutations are drawn where its path leaves the
/// tree, one for every digit from there on.
pub(crate) struct Tree {
    radix: Radix,
    generator: Sfc64,
    root: Place,
    /// b children and a permutation for every node that several points share.
    children: Vec<Place>,
    permutations: Vec<u16>,
    branches: usize,
    /// For every point, where it is alone.
    leaves: Vec<Leaf>,
}

#[derive(Debug, Clone, Copy, Default)]
enum Place {
    #[default]
    Empty,
    Branch(usize),
    Leaf(usize),
}

/// The digits of a point from some position on.
struct Leaf {
    rest: u64,
    /// Draws their permutations, after so many others.
    generator: Sfc64,
    skipped: usize,
}

impl Tree {
    /// A tree for the first `count` points.
    pub fn new(radix: Radix, generator: Sfc64, count: u64) -> Result<Self, Refusal> {
        // Numbers of k digits with which two indices begin: p and p + b^k are both below count.
        let shared = |k| radix.power(k).min(count.saturating_sub(radix.power(k)));
        let length = (0..radix.index_digits).map(shared).sum::<u64>() as usize * radix.base as usize;
        let mut leaves = Vec::new();
        leaves.try_reserve_exact(count as usize).map_err(|_| {
            Refusal::new("out-of-memory", format!("tree: no room for {} bytes", count * size_of::<Leaf>() as u64))
        })?;
        let (children, permutations) = (zeroed("tree", length)?, zeroed("tree", length)?);
        Ok(Self { radix, generator, root: Place::Empty, children, permutations, branches: 0, leaves })
    }

    /// The next point.
    fn visit(&mut self) -> Digits {
        let base = u64::from(self.radix.base);
        let mut rest = self.leaves.len() as u64;
        let mut parent = None;
        let mut sum = Digits::default();
        for position in 0.. {
            let place = parent.map_or(self.root, |at: usize| self.children[at]);
            let branch = match place {
                Place::Branch(branch) => branch,
                Place::Leaf(point) => self.split(point),
                Place::Empty => {
                    let point = self.leaves.len();
                    *parent.map_or(&mut self.root, |at| &mut self.children[at]) = Place::Leaf(point);
                    self.leaves.push(Leaf { rest, generator: self.generator.clone(), skipped: 0 });
                    return sum + self.tail(rest, position);
                }
            };
            *parent.map_or(&mut self.root, |at| &mut self.children[at]) = Place::Branch(branch);
            let at = branch + (rest % base) as usize;
            sum = sum + self.radix.value(position, u32::from(self.permutations[at]));
            (parent, rest) = (Some(at), rest / base);
        }
        sum
    }

    /// A branch in place of a leaf, which goes below it.
    fn split(&mut self, point: usize) -> usize {
        let base = self.radix.base;
        let leaf = &mut self.leaves[point];
        let mut generator = leaf.generator.clone();
        for _ in 0..leaf.skipped {
            generator.permutation(base);
        }
        let branch = self.branches;
        self.branches += base as usize;
        for (kept, entry) in self.permutations[branch..].iter_mut().zip(generator.permutation(base)) {
            *kept = entry as u16;
        }
        self.children[branch + (leaf.rest % u64::from(base)) as usize] = Place::Leaf(point);
        leaf.rest /= u64::from(base);
        leaf.skipped += 1;
        branch
    }

    /// Draws the permutations of all digits from `position` on; what they make of the digits `rest`.
    fn tail(&mut self, rest: u64, position: usize) -> Digits {
        let Self { radix, generator, .. } = self;
        let digits = radix.index(rest).chain(std::iter::repeat(0)).take(DRAWN_DIGITS - position);
        let mut sum = Digits::default();
        for (position, digit) in (position..).zip(digits) {
            let scrambled = generator.permutation(radix.base)[digit as usize];
            if position < radix.digits {
                sum = sum + radix.value(position, scrambled);
            }
        }
        sum
    }
}

impl Coordinate for Tree {
    fn fill(&mut self, start: u64, out: &mut [f64]) {
        while (self.leaves.len() as u64) < start {
            self.visit();
        }
        for x in out {
            let Digits { first, second } = self.visit();
            *x = self.radix.units.round(first, second);
        }
    }
}

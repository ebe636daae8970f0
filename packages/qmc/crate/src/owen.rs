#![forbid(unsafe_code)]
//! Owen's nested uniform scramble as a function of a key: nothing is remembered, and any point can be had at any time.

use crate::SeedSequence;
use crate::lanes::U32x4;
use gossamer_rust_kit::{Refusal, zeroed};
use std::array::from_fn;

/// Digit k of a coordinate, k = 1, 2, … from the most significant one, is flipped by bit k of H(its first k − 1 digits), where
/// H is a random function of binary fractions, one per coordinate and replication. A prefix and the same prefix with zeros
/// appended are one fraction, so they share a value of H, but never a bit of it: every node of the tree has a bit of its own.
/// And the flips of all digits after a coordinate's last 1 are bits of one value.
///
/// Source: A. B. Owen, *Randomly permuted (t, m, s)-nets and (t, s)-sequences*, in Monte Carlo and Quasi-Monte Carlo Methods
/// in Scientific Computing, Springer, 1995, section 3.
#[derive(Debug)]
pub struct Owen {
    /// Of four consecutive coordinates in a row-major array of points, then of the next four, until they come round.
    keys: Vec<Key>,
    /// For each of them, the flips of the first `top` digits, which are the index.
    tables: Vec<[u16; 4]>,
    top: u32,
}

/// Bytes of all tables: they share a second-level cache with the points.
const TABLES: usize = 1 << 17;
/// Levels whose flips an entry of a table has room for.
const MAX_TOP: u32 = 16;

impl Owen {
    /// For points of `dimension` coordinates, with keys from children of the seed. About how many `rows` there will be
    /// decides how much is prepared, and nothing else.
    pub fn new(seed: &SeedSequence, dimension: usize, rows: u64) -> Result<Self, Refusal> {
        let copies = [1, 4, 2, 4][dimension % 4];
        let patterns = dimension * copies / 4;
        let mut words = zeroed("keys", dimension)?;
        for (j, words) in words.iter_mut().enumerate() {
            *words = seed.child(j as u32).state::<3>();
        }
        let mut keys = zeroed("keys", patterns)?;
        for (pattern, key) in keys.iter_mut().enumerate() {
            *key = Key::new(|lane| words[(4 * pattern + lane) % dimension]);
        }
        // A table of 2^k entries costs 2^k hashes and saves k per use: it pays up to about as many entries as uses.
        let uses = (rows / copies as u64).max(1).ilog2();
        let room = (TABLES / size_of::<[u16; 4]>() / patterns).max(1).ilog2();
        let top = uses.min(room).min(MAX_TOP);
        let mut tables = zeroed("flips", patterns << top)?;
        for (key, table) in keys.iter().zip(tables.chunks_exact_mut(1 << top)) {
            key.tabulate(table);
        }
        Ok(Self { keys, tables, top })
    }

    /// Scrambles whole points, row-major, in place.
    pub fn scramble(&self, points: &mut [u64]) {
        let digits = points.iter().fold(0, |all, x| all | x);
        let plan = Plan::new(self.top, 64 - digits.trailing_zeros());
        let mut patterns = self.keys.iter().zip(self.tables.chunks_exact(1 << self.top)).cycle();
        let (fours, rest) = points.as_chunks_mut();
        for (four, (key, table)) in fours.iter_mut().zip(&mut patterns) {
            *four = plan.scramble(*four, key, table);
        }
        if let (false, Some((key, table))) = (rest.is_empty(), patterns.next()) {
            let mut four = [0; 4];
            four[..rest.len()].copy_from_slice(rest);
            rest.copy_from_slice(&plan.scramble(four, key, table)[..rest.len()]);
        }
    }
}

/// What chooses H for four coordinates. The high half of H is a function of the first 32 digits, its low half of all 64.
#[derive(Debug, Clone, Copy, Default)]
struct Key {
    high: [U32x4; 3],
    low: [U32x4; 2],
}

impl Key {
    fn new(words: impl Fn(usize) -> [u64; 3]) -> Self {
        let half = |h: usize| U32x4::from_fn(|lane| (words(lane)[h / 2] >> (h % 2 * 32)) as u32);
        Self { high: [half(0), half(1), half(2)], low: [half(3), half(4)] }
    }

    /// The high half of H, from the folded prefix. The multipliers and shifts are those of C. Wellons's 32-bit mixer
    /// triple32, the least biased one that he found by search; the key enters before each multiplication.
    #[inline(always)]
    fn high<const N: usize>(&self, folded: [U32x4; N]) -> [U32x4; N] {
        let x = folded.map(|x| (x ^ self.high[0]) * U32x4::splat(0xed5a_d4bb));
        let x = x.map(|x| ((x ^ x.shr(11)) + self.high[1]) * U32x4::splat(0xac4c_1b51));
        let x = x.map(|x| ((x ^ x.shr(15)) + self.high[2]) * U32x4::splat(0x3184_8bab));
        x.map(|x| x ^ x.shr(14))
    }

    /// The low half, from the high half of all 32 digits and the folded prefix of the others. The sum at the end makes it
    /// random and not a permutation.
    #[inline(always)]
    fn low(&self, root: U32x4, folded: U32x4) -> U32x4 {
        let x = ((root ^ folded) + self.low[0]) * U32x4::splat(0xed5a_d4bb);
        let x = ((x ^ x.shr(15)) + self.low[1]) * U32x4::splat(0xac4c_1b51);
        (x ^ x.shr(16)) + root
    }

    /// The flips of a table's levels, one level after the other.
    fn tabulate(&self, table: &mut [[u16; 4]]) {
        for (k, &(_, digit)) in LEVELS[..table.len().ilog2() as usize].iter().enumerate() {
            for prefix in (0..1 << k).rev() {
                let fraction = ((prefix as u64) << (32 - k)) as u32;
                let [hash] = self.high([U32x4::splat(fraction.swap_bytes())]);
                let hash = (hash & U32x4::splat(digit)).lanes();
                let flips = from_fn(|lane| table[prefix][lane] | hash[lane] as u16);
                (table[2 * prefix], table[2 * prefix + 1]) = (flips, flips);
            }
        }
    }
}

/// Before the first multiplication, which moves nothing down: late digits have to act on all bits. It leaves a prefix of up
/// to 16 digits as it is.
#[inline(always)]
fn fold(x: U32x4) -> U32x4 {
    x ^ x.shr(16)
}

/// A level of the tree: a mask of the digits before it, and its own one. Digits are where [`U32x4::halves`] has them.
type Level = (u32, u32);

const LEVELS: [Level; 32] = {
    let mut levels = [(0, 0); 32];
    let mut k = 0;
    while k < 32 {
        levels[k] = ((!(u32::MAX >> k)).swap_bytes(), (1u32 << 31 >> k).swap_bytes());
        k += 1;
    }
    levels
};

/// The levels that are hashed one by one for coordinates whose digits after `depth` are all 0; the flips of those are the
/// rest of one value of H.
struct Plan {
    top: u32,
    /// Levels after at most 16 digits, and the others.
    short: &'static [Level],
    long: &'static [Level],
    low: &'static [Level],
    rest: [u32; 2],
}

impl Plan {
    fn new(top: u32, depth: u32) -> Self {
        let levels = |from: u32, to: u32| &LEVELS[from.min(to) as usize..to as usize];
        let (high, low) = (depth.clamp(top, 32), depth.saturating_sub(32));
        let after = |depth: u32| u32::MAX.checked_shr(depth).unwrap_or(0).swap_bytes();
        Self {
            top,
            short: levels(top, high.min(17)),
            long: levels(top.max(17), high),
            low: levels(0, low),
            rest: [after(high), after(low)],
        }
    }

    #[inline(always)]
    fn scramble(&self, four: [u64; 4], key: &Key, table: &[[u16; 4]]) -> [u64; 4] {
        let (high, low) = U32x4::halves(four);
        let mut flips = [
            U32x4::from_fn(|lane| u32::from(table[(four[lane] >> 1 >> (63 - self.top)) as usize][lane])),
            U32x4::splat(0),
        ];
        let (pairs, single) = self.short.as_chunks::<2>(); // two at a time keep the multipliers busy
        for pair in pairs {
            let hashes = key.high(pair.map(|(before, _)| high & U32x4::splat(before)));
            for (hash, (_, digit)) in hashes.into_iter().zip(pair) {
                flips[0] = flips[0] | hash & U32x4::splat(*digit);
            }
        }
        for &(before, digit) in single {
            let [hash] = key.high([high & U32x4::splat(before)]);
            flips[0] = flips[0] | hash & U32x4::splat(digit);
        }
        for &(before, digit) in self.long {
            let [hash] = key.high([fold(high & U32x4::splat(before))]);
            flips[0] = flips[0] | hash & U32x4::splat(digit);
        }
        let [root] = key.high([fold(high)]);
        for &(before, digit) in self.low {
            let hash = key.low(root, fold(low & U32x4::splat(before)));
            flips[1] = flips[1] | hash & U32x4::splat(digit);
        }
        let rest = [root & U32x4::splat(self.rest[0]), key.low(root, fold(low)) & U32x4::splat(self.rest[1])];
        U32x4::join(high ^ flips[0] ^ rest[0], low ^ flips[1] ^ rest[1])
    }
}

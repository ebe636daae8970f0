#![forbid(unsafe_code)]
//! NumPy's seeding and its SFC64 generator, bit for bit: a seed gives the randomisations that QMCPy draws from it.

/// `numpy.random.SeedSequence`: M. E. O'Neill's seed_seq with NumPy's constants.
#[derive(Debug, Clone)]
pub struct SeedSequence {
    words: Vec<u32>,
}

const POOL: usize = 4;
/// The hash constants h and their multipliers, when words go in and when they come out.
const ABSORB: (u32, u32) = (0x43b0_d7e5, 0x931e_8875);
const SQUEEZE: (u32, u32) = (0x8b51_f9dd, 0x58f3_8ded);

impl SeedSequence {
    /// `words` is the entropy in 32-bit words, low word first, then, after at least four of them, the spawn key.
    pub fn new(words: Vec<u32>) -> Self {
        Self { words }
    }

    /// The `index`-th child: what `spawn` gives.
    pub fn child(&self, index: u32) -> Self {
        let mut words = self.words.clone();
        words.resize(words.len().max(POOL), 0);
        words.push(index);
        Self { words }
    }

    fn pool(&self) -> [u32; POOL] {
        let mut hash = Hash(ABSORB);
        let mut pool = [0, 1, 2, 3].map(|i| hash.step(self.words.get(i).copied().unwrap_or(0)));
        for source in 0..POOL {
            for target in 0..POOL {
                if source != target {
                    pool[target] = mix(pool[target], hash.step(pool[source]));
                }
            }
        }
        for &word in self.words.iter().skip(POOL) {
            for cell in &mut pool {
                *cell = mix(*cell, hash.step(word));
            }
        }
        pool
    }

    /// `generate_state(N, uint64)`.
    pub fn state<const N: usize>(&self) -> [u64; N] {
        let mut hash = Hash(SQUEEZE);
        let mut words = self.pool().into_iter().cycle();
        let mut next = || u64::from(hash.step(words.next().unwrap_or(0)));
        [(); N].map(|()| next() | next() << 32)
    }
}

/// The running hash constant and its multiplier.
struct Hash((u32, u32));

impl Hash {
    fn step(&mut self, value: u32) -> u32 {
        let (constant, multiplier) = &mut self.0;
        let value = value ^ *constant;
        *constant = constant.wrapping_mul(*multiplier);
        let value = value.wrapping_mul(*constant);
        value ^ (value >> 16)
    }
}

fn mix(x: u32, y: u32) -> u32 {
    let value = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
    value ^ (value >> 16)
}

/// `numpy.random.Generator(SFC64(seed))`: C. Doty-Humphrey's small fast counting generator.
#[derive(Debug, Clone)]
pub struct Sfc64 {
    state: [u64; 3],
    counter: u64,
    /// The high half of the word whose low half the last 32-bit draw took.
    kept: Option<u32>,
}

impl Sfc64 {
    /// The generator of a seed, warmed up by 12 words.
    pub fn new(seed: &SeedSequence) -> Self {
        let mut generator = Self { state: seed.state(), counter: 1, kept: None };
        for _ in 0..12 {
            generator.next_u64();
        }
        generator
    }

    /// The four words that `resume` takes: all there is, as long as no 32-bit draw was made.
    pub fn words(&self) -> [u64; 4] {
        let [a, b, c] = self.state;
        [a, b, c, self.counter]
    }

    /// The generator that had these words.
    pub fn resume([a, b, c, counter]: [u64; 4]) -> Self {
        Self { state: [a, b, c], counter, kept: None }
    }

    /// Passes over `count` 64-bit draws, one by one: this generator knows no short cut.
    pub fn skip(&mut self, count: u64) {
        for _ in 0..count {
            self.next_u64();
        }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c] = self.state;
        let word = a.wrapping_add(b).wrapping_add(self.counter);
        self.counter = self.counter.wrapping_add(1);
        self.state = [b ^ (b >> 11), c.wrapping_add(c << 3), c.rotate_left(24).wrapping_add(word)];
        word
    }

    /// The next 32 bits: a low half, then the high half of the same word, whatever was drawn between.
    pub fn next_u32(&mut self) -> u32 {
        if let Some(high) = self.kept.take() {
            return high;
        }
        let word = self.next_u64();
        self.kept = Some((word >> 32) as u32);
        word as u32
    }

    /// A double in [0, 1), a multiple of 2^−53.
    pub fn uniform(&mut self) -> f64 {
        const TWO_POW_M53: f64 = 1.0 / (1u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 * TWO_POW_M53
    }

    /// `integers(0, bound)` of `int64` or `uint64` for 1 ≤ bound ≤ 2^32: Lemire's method on 32-bit draws.
    pub fn below(&mut self, bound: u64) -> u32 {
        match bound {
            1 => 0, // NumPy draws nothing
            0x1_0000_0000 => self.next_u32(),
            _ => {
                let bound = bound as u32;
                let threshold = bound.wrapping_neg() % bound;
                loop {
                    let product = u64::from(self.next_u32()) * u64::from(bound);
                    if product as u32 >= threshold {
                        return (product >> 32) as u32;
                    }
                }
            }
        }
    }

    /// `integers(0, 2^bits)` for 1 ≤ bits ≤ 64: such a range never rejects a draw.
    pub fn bits(&mut self, bits: u32) -> u64 {
        if bits <= 32 { u64::from(self.next_u32() >> (32 - bits)) } else { self.next_u64() >> (64 - bits) }
    }

    /// `permutation(n)`: Fisher–Yates from the top, with masked rejection.
    pub fn permutation(&mut self, n: u32) -> Vec<u32> {
        let mut items: Vec<u32> = (0..n).collect();
        let mut i = n.saturating_sub(1);
        while i > 0 {
            let draw = self.next_u32() & (u32::MAX >> i.leading_zeros());
            let accepted = draw <= i; // an even bet: a branch would be mispredicted
            items.swap(i as usize, if accepted { draw } else { i } as usize);
            i -= u32::from(accepted);
        }
        items
    }
}

#![forbid(unsafe_code)]
//! Roots of unity, by the number of the block that needs them.
//!
//! Block b needs w = exp(2πi·φ(b)/4), w² and w³, at every level the same; φ(b) = 0.b₀b₁b₂… is the radical inverse. A table
//! has them, correctly rounded, for b < 1024. Beyond it φ(1024·h + b) = φ(b) + φ(h)/1024, so they are those of the table
//! times numbers near 1: their error is below 3·2^−53.

use std::f64::consts::FRAC_PI_2;
use std::sync::OnceLock;

/// Real and imaginary part.
pub(super) type Root = (f64, f64);

/// w, w² and w³ of two neighbouring blocks: the real parts of the two w, their imaginary parts, and so on.
pub(super) type TwoBlocks = [[f64; 2]; 6];

/// Made on first use, and kept: 48 kB that serve every length.
#[derive(Debug)]
pub(super) struct Roots([TwoBlocks; Roots::BLOCKS / 2]);

impl Roots {
    /// How many blocks the table has.
    pub(super) const BLOCKS: usize = 1 << 10;

    pub(super) fn get() -> &'static Self {
        static ROOTS: OnceLock<Roots> = OnceLock::new();
        ROOTS.get_or_init(Self::new)
    }

    fn new() -> Self {
        let octant = octant();
        let mut table = [[[0.0; 2]; 6]; Self::BLOCKS / 2];
        for b in 0..Self::BLOCKS {
            let quarter = (mirrored(b) * Self::BLOCKS as f64) as usize; // of a quarter turn
            for power in 1..=3 {
                let (re, im) = turned(&octant, power * quarter);
                table[b / 2][2 * power - 2][b % 2] = re;
                table[b / 2][2 * power - 1][b % 2] = im;
            }
        }
        Self(table)
    }

    /// The roots of blocks `first..first + count`, two by two, and the numbers near 1 to multiply them with, if any. `count`
    /// is a power of two from 2 to [`Self::BLOCKS`] that divides `first`.
    pub(super) fn range(&self, first: usize, count: usize) -> (&[TwoBlocks], Option<[Root; 3]>) {
        let low = first % Self::BLOCKS;
        (&self.0[low / 2..(low + count) / 2], near_one(first / Self::BLOCKS))
    }

    /// The roots of one block.
    pub(super) fn of(&self, b: usize) -> [Root; 3] {
        let two = &self.0[b % Self::BLOCKS / 2];
        let roots = [0, 2, 4].map(|k| (two[k][b % 2], two[k + 1][b % 2]));
        match near_one(b / Self::BLOCKS) {
            None => roots,
            Some(near) => [0, 1, 2].map(|k| multiply(roots[k], near[k])),
        }
    }
}

/// z, z² and z³ for z = exp(2πi·φ(h)/4096), by series whose rest is below 2^−77.
fn near_one(h: usize) -> Option<[Root; 3]> {
    let theta = FRAC_PI_2 / Roots::BLOCKS as f64 * mirrored(h);
    let root = |power: f64| {
        let x = theta * power;
        let y = x * x;
        let cos = 1.0 - y * (0.5 - y * (1.0 / 24.0 - y * (1.0 / 720.0)));
        let sin = x - x * y * (1.0 / 6.0 - y * (1.0 / 120.0 - y * (1.0 / 5040.0)));
        (cos, sin)
    };
    (h > 0).then(|| [1.0, 2.0, 3.0].map(root))
}

fn multiply(a: Root, b: Root) -> Root {
    (a.0 * b.0 - a.1 * b.1, a.1 * b.0 + a.0 * b.1)
}

/// φ(b), exact for b < 2^32.
fn mirrored(b: usize) -> f64 {
    f64::from((b as u32).reverse_bits()) / (1u64 << 32) as f64
}

const TURN: usize = 4 * Roots::BLOCKS;

/// exp(2πi·k/4096) from the first octant.
fn turned(octant: &[Root], k: usize) -> Root {
    let in_quadrant = k % (TURN / 4);
    let (c, s) = match octant.get(in_quadrant) {
        Some(&root) => root,
        None => {
            let (s, c) = octant[TURN / 4 - in_quadrant];
            (c, s)
        }
    };
    [(c, s), (-s, c), (-c, -s), (s, -c)][k / (TURN / 4) % 4]
}

/// exp(2πi·k/4096) for 0 ≤ k ≤ 512, correctly rounded: powers of the first one in twice the precision, whose error after
/// 512 products, below 2^−90, decides no rounding.
fn octant() -> [Root; TURN / 8 + 1] {
    let step = (
        Double(0.999_998_823_451_701_9, 3.067_881_716_126_108e-17), // cos 2π/4096
        Double(0.001_533_980_186_284_765_7, -1.046_771_297_159_695_8e-19), // sin 2π/4096
    );
    let mut at = (Double(1.0, 0.0), Double(0.0, 0.0));
    std::array::from_fn(|_| {
        let (c, s) = at;
        at = (c * step.0 - s * step.1, s * step.0 + c * step.1);
        (c.0, s.0)
    })
}

/// The exact sum of two doubles, the second one below an ulp of the first.
#[derive(Clone, Copy)]
struct Double(f64, f64);

impl Double {
    /// The sum of a number and a smaller one.
    fn new(high: f64, low: f64) -> Self {
        let sum = high + low;
        Self(sum, low - (sum - high))
    }
}

impl std::ops::Mul for Double {
    type Output = Self;

    /// T. J. Dekker, Numer. Math. 18 (1971), §5: the halves of 26 bits have exact products.
    fn mul(self, other: Self) -> Self {
        let halves = |x: f64| {
            let high = x * 134_217_729.0 - (x * 134_217_729.0 - x); // 2^27 + 1
            (high, x - high)
        };
        let product = self.0 * other.0;
        let ((a, b), (c, d)) = (halves(self.0), halves(other.0));
        let rounded = ((a * c - product) + a * d + b * c) + b * d;
        Self::new(product, rounded + (self.0 * other.1 + self.1 * other.0))
    }
}

impl std::ops::Add for Double {
    type Output = Self;

    /// D. E. Knuth's exact sum, TAOCP 2, §4.2.2, theorem B.
    fn add(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        let of_other = sum - self.0;
        let rounded = (self.0 - (sum - of_other)) + (other.0 - of_other);
        Self::new(sum, rounded + (self.1 + other.1))
    }
}

impl std::ops::Sub for Double {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + Self(-other.0, -other.1)
    }
}

#[cfg(test)]
mod tests {
    use super::octant;

    /// The hash of the correctly rounded numbers was computed with mpmath 1.3 at 400 bits.
    #[test]
    fn the_table_is_correctly_rounded() {
        let hash = octant().iter().fold(0u64, |hash, &(c, s)| {
            [c, s].iter().fold(hash, |hash, x| hash.wrapping_mul(31).wrapping_add(x.to_bits()))
        });
        assert_eq!(hash, 0x3568_9cb3_3a8d_ddcc);
    }
}

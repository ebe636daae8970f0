#![forbid(unsafe_code)]
//! The inverse of the normal distribution function, by three rational approximations of our own, each of degree 7 over 7.
//!
//! Their minimax errors are below 2·10⁻¹⁷ of the result, a tenth of an ulp; what is left is rounding. Every step is one
//! IEEE operation on two numbers at a time, so a result depends on nothing but its argument.

use crate::normal_tables::{FAR_TAIL, LOG, MIDDLE, NEAR_TAIL};
use crate::pair::Pair;
use std::hint::black_box;

/// Values that go through all the steps together: their scratch arrays lie on the stack, in a first-level cache. Even.
const BLOCK: usize = 512;

/// |p − ½| up to here needs no logarithm; 83 % of uniform numbers are within.
const CENTRAL: f64 = 0.415;
/// And up to here, ½ − e^(−7²/2) rounded down, the approximation for the near tail holds.
const NEAR: f64 = 0.5 - 2.29e-11;

/// z with Φ(z) = p. −∞ at 0, ∞ at 1, NaN outside [0, 1].
pub fn inverse_cdf(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= CENTRAL {
        return Middle::new().at(Pair::splat(p)).lanes()[0];
    }
    if q.abs() <= NEAR {
        let (high, low) = Logarithm::new().at(smaller_tail(Pair::splat(p)), 0.0);
        return NearTail::new().at(high, low).lanes()[0].copysign(q);
    }
    far_tail(p)
}

/// The same for a slice, in place and with the same bits: all values as if they were central, then the tails among them.
pub fn inverse_cdf_all(values: &mut [f64]) {
    let (middle, log, near_tail) = (Middle::new(), Logarithm::new(), NearTail::new());
    let mut tails = [0.0; BLOCK];
    let mut places = [0u16; BLOCK];
    let mut logarithms = [[[0.0; 2]; 2]; BLOCK / 2];
    let mut sizes = [[0.0; 2]; BLOCK / 2];
    for block in values.chunks_mut(BLOCK) {
        let mut count = 0;
        for (i, &p) in block.iter().enumerate() {
            places[count] = i as u16; // kept only if the count moves on
            count += 1 - usize::from((p - 0.5).abs() <= CENTRAL); // NaN counts too
        }
        for (tail, &place) in tails.iter_mut().zip(&places[..count]) {
            *tail = block[usize::from(place)];
        }
        let (pairs, last) = block.as_chunks_mut::<2>();
        for pair in pairs {
            *pair = middle.at(Pair::new(*pair)).lanes();
        }
        for value in last {
            *value = middle.at(Pair::splat(*value)).lanes()[0];
        }
        let pairs = count.div_ceil(2);
        for (logarithm, tails) in logarithms.iter_mut().zip(tails.as_chunks().0).take(pairs) {
            let (high, low) = log.at(smaller_tail(Pair::new(*tails)), 0.0);
            *logarithm = [high.lanes(), low.lanes()];
        }
        for (pair, [high, low]) in sizes.iter_mut().zip(logarithms).take(pairs) {
            *pair = near_tail.at(Pair::new(high), Pair::new(low)).lanes();
        }
        for ((&p, &place), &size) in tails.iter().zip(&places).zip(sizes.as_flattened()).take(count) {
            let q = p - 0.5;
            block[usize::from(place)] = if q.abs() <= NEAR { size.copysign(q) } else { far_tail(p) };
        }
    }
}

/// z = 3q + q·A(t)/B(t), with the rounding of 3q put back: that of the quotient weighs a fifth at most. And with that of
/// q, times 4, since dz/dq is 2.5 to 6.4.
struct Middle(Quotient);

impl Middle {
    fn new() -> Self {
        Self(Quotient::new(&MIDDLE))
    }

    #[inline(always)]
    fn at(&self, p: Pair) -> Pair {
        let half = Pair::splat(0.5);
        let q = p - half;
        let lost = p - (q + half);
        let quotient = self.0.at(Pair::splat(CENTRAL * CENTRAL) - q * q);
        let twice = q + q;
        let triple = twice + q;
        triple + (q * quotient + ((q - (triple - twice)) + Pair::splat(4.0) * lost))
    }
}

/// −z = ¾r + C(t)/D(t) with r = √(−2 ln p), on the same plan.
struct NearTail(Quotient);

impl NearTail {
    fn new() -> Self {
        Self(Quotient::new(&NEAR_TAIL))
    }

    #[inline(always)]
    fn at(&self, high: Pair, low: Pair) -> Pair {
        let (r, low) = root(high, low);
        let quotient = self.0.at(r - Pair::splat(2.2));
        let quarter = r * Pair::splat(0.25);
        let most = r - quarter;
        most + (quotient + (low + ((r - most) - quarter)))
    }
}

/// −z = r − E(t)/F(t), and the ends.
fn far_tail(p: f64) -> f64 {
    const TWO_POW_54: f64 = (1u64 << 54) as f64;
    let [small, _] = smaller_tail(Pair::splat(p)).lanes();
    let size = if small > 0.0 {
        let (small, scale) = if small < f64::MIN_POSITIVE { (small * TWO_POW_54, -54.0) } else { (small, 0.0) };
        let (high, low) = Logarithm::new().at(Pair::splat(small), scale);
        let (r, low) = root(high, low);
        let z = r - (Quotient::new(&FAR_TAIL).at(r - Pair::splat(7.0)) - low);
        z.lanes()[0]
    } else if small == 0.0 {
        f64::INFINITY
    } else {
        f64::NAN
    };
    size.copysign(p - 0.5)
}

/// min(p, 1 − p), which is exact where it is used: 1 − p of a p over ½.
#[inline(always)]
fn smaller_tail(p: Pair) -> Pair {
    p.min(Pair::splat(1.0) - p)
}

/// A polynomial of degree 7 over another.
struct Quotient([[Pair; 8]; 2]);

impl Quotient {
    fn new(coefficients: &[[f64; 8]; 2]) -> Self {
        // The box keeps them in memory: engines make a vector constant anew each time, in three steps.
        Self(black_box(coefficients).map(|side| side.map(Pair::splat)))
    }

    /// Even and odd powers apart: two short chains of dependent steps instead of a long one.
    #[inline(always)]
    fn at(&self, t: Pair) -> Pair {
        let square = t * t;
        let [above, below] = self.0.map(|[a, b, c, d, e, f, g, h]| {
            let odd = ((h * square + f) * square + d) * square + b;
            let even = ((g * square + e) * square + c) * square + a;
            odd * t + even
        });
        above / below
    }
}

struct Logarithm([Pair; 6]);

impl Logarithm {
    fn new() -> Self {
        Self(black_box(&LOG).map(Pair::splat))
    }

    /// ln(p·2^scale) as a rounded number and the rest, for a normal p below √½; no step of it branches.
    #[inline(always)]
    fn at(&self, p: Pair, scale: f64) -> (Pair, Pair) {
        const LN_2_HIGH: f64 = 0.693147180559663; // 41 bits, so that its product with an exponent is exact
        const LN_2_LOW: f64 = 2.8235290563031577e-13;
        let (exponent, mantissa) = p.octaves();
        let exponent = exponent + Pair::splat(scale);
        let f = mantissa - Pair::splat(1.0);

        // ln(1 + f) = f − f²/2 + s·(f²/2 + s²·LOG(s²)), with s = f/(2 + f)
        let s = f / (Pair::splat(2.0) + f);
        let t = s * s;
        let [a, b, c, d, e, g] = self.0;
        let square = t * t;
        let series = ((g * square + d) * square + b) * t + ((e * square + c) * square + a);
        let half_square = Pair::splat(0.5) * f * f;
        let rest = s * (half_square + t * series) - half_square;

        let whole = exponent * Pair::splat(LN_2_HIGH); // larger than f
        let sum = whole + f;
        let rest = rest + exponent * Pair::splat(LN_2_LOW) + ((whole - sum) + f);
        let high = sum + rest;
        (high, (sum - high) + rest)
    }
}

/// r = √(−2·(high + low)), rounded, and the rest of it: (−2·high − r² − 2·low)/2r.
#[inline(always)]
fn root(high: Pair, low: Pair) -> (Pair, Pair) {
    let double = high * Pair::splat(-2.0);
    let r = double.sqrt();
    let upper = r.upper(); // r² is exact in the three products of its halves
    let lower = r - upper;
    let residue = ((double - upper * upper) - (upper + upper) * lower) - lower * lower - (low + low);
    (r, residue / (r + r))
}

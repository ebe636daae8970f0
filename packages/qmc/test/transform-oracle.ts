import { generator } from '@gossamer/testkit/random';

/** Complex numbers: real and imaginary parts. */
export interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Unit roundoff. */
export const U: number = 2 ** -53;

/** The m bits of i, mirrored. */
function mirrored(i: number, m: number): number {
  let mirror = 0;
  for (let bit = 0; bit < m; bit++) mirror += Math.floor(i / 2 ** bit) % 2 === 1 ? 2 ** (m - 1 - bit) : 0;
  return mirror;
}

/**
 * The formula itself, n² products: fftbr with `sign` −1, ifftbr with 1. In units of U·‖x‖ its error is below 8√n + 3: no root of
 * unity is off by more than 8 (an argument up to π with 1.4 roundings, sine and cosine), which the n² of them turn into 8√n at
 * worst, the compensated sums add 2, and the scale 1.
 */
export function directFourier({ re, im }: Complex, sign: -1 | 1): Complex {
  const n = re.length;
  const m = Math.log2(n);
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let to = 0; to < n; to++) {
    const [real, imaginary] = [new Sum(), new Sum()];
    for (let from = 0; from < n; from++) {
      const turns = (sign === -1 ? to * mirrored(from, m) : from * mirrored(to, m)) % n;
      const angle = sign * 2 * Math.PI * ((turns > n / 2 ? turns - n : turns) / n);
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [x, y] = [re[from] as number, im[from] as number];
      real.add(x * c);
      real.add(-y * s);
      imaginary.add(x * s);
      imaginary.add(y * c);
    }
    out.re[to] = real.total() / Math.sqrt(n);
    out.im[to] = imaginary.total() / Math.sqrt(n);
  }
  return out;
}

/** The formula of fwht, with an error below 4·U·‖x‖ per number: sums that are as good as exact, and the scale. */
export function directWalsh(x: Float64Array): Float64Array {
  return x.map((_, k) => {
    const sum = new Sum();
    for (const [i, value] of x.entries()) sum.add(popcount(i & k) % 2 === 0 ? value : -value);
    return sum.total() / Math.sqrt(x.length);
  });
}

/**
 * fftbr by the textbook: levels of two parts, in place. In units of U·‖x‖ a level adds √5 for the complex product, 1 for the sum
 * and 5.8 for the root (an argument up to π with 1.4 roundings, sine and cosine); the scale adds 3: 9.1·m + 3.
 */
export function textbookFourier({ re, im }: Complex): Complex {
  const n = re.length;
  const out = { re: re.slice(), im: im.slice() };
  for (let half = 1; half < n; half *= 2) {
    for (let block = 0; block < n / (2 * half); block++) {
      const angle = Math.PI * (mirrored(block, 32) / 2 ** 32);
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let k = 2 * half * block; k < 2 * half * block + half; k++) butterfly(out, k, k + half, c, s);
    }
  }
  const scale = Math.sqrt(n);
  return { re: out.re.map((x) => x / scale), im: out.im.map((y) => y / scale) };
}

function butterfly({ re, im }: Complex, low: number, high: number, c: number, s: number): void {
  const [a, b] = [re[low] as number, im[low] as number];
  const [x, y] = [re[high] as number, im[high] as number];
  re[low] = a + x;
  im[low] = b + y;
  re[high] = (a - x) * c + (b - y) * s;
  im[high] = (b - y) * c - (a - x) * s;
}

/** fwht by the textbook, in place: its error is below (m + 2)·U·‖x‖. */
export function textbookWalsh(x: Float64Array): Float64Array {
  const out = x.slice();
  for (let half = 1; half < x.length; half *= 2) {
    for (let i = 0; i < x.length; i++) {
      if (Math.floor(i / half) % 2 === 1) continue;
      const [a, b] = [out[i] as number, out[i + half] as number];
      out[i] = a + b;
      out[i + half] = a - b;
    }
  }
  const scale = Math.sqrt(x.length);
  return out.map((value) => value / scale);
}

/** ‖(x, y)‖ */
export function norm(...vectors: Float64Array[]): number {
  return Math.sqrt(vectors.reduce((sum, vector) => vector.reduce((part, x) => part + x * x, sum), 0));
}

/** Numbers in [−1, 1). */
export function noise(n: number, seed: number): Float64Array {
  const next = generator(seed);
  return Float64Array.from({ length: n }, () => 2 * next() - 1);
}

/** A sum by A. Neumaier's compensation: as good as one in twice the precision. */
class Sum {
  #sum = 0;
  #rest = 0;

  add(term: number): void {
    const sum = this.#sum + term;
    const [large, small] = Math.abs(this.#sum) >= Math.abs(term) ? [this.#sum, term] : [term, this.#sum];
    this.#rest += large - sum + small;
    this.#sum = sum;
  }

  total(): number {
    return this.#sum + this.#rest;
  }
}

function popcount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}

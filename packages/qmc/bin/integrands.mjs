// Functions on [0, 1)^d with known integrals, after specs/qmc.md §12; a later issue gives the package a collection.
import { toGaussian } from '@gossamer/qmc';

/**
 * @typedef {{ integrand: import('@gossamer/qmc').Integrand, exact?: number }} Known
 * @type {{ [name: string]: { about: string, make: (d: number, options: { kind: number, exponent: number }) => Known } }}
 */
export const INTEGRANDS = {
  keister: {
    about: 'Keister: π^(d/2)·cos‖t‖ for t of the normal distribution with variance ½',
    make: (d) => {
      const scale = Math.PI ** (d / 2);
      const batch = (x, n) => {
        const t = toGaussian(x, { standardDeviation: Math.SQRT1_2 });
        return Float64Array.from(
          { length: n },
          (_, i) => scale * Math.cos(Math.sqrt(norm(t.subarray(i * d, i * d + d)))),
        );
      };
      return { integrand: { batch }, exact: scale * confluent(d / 2) };
    },
  },
  'genz-oscillatory': {
    about: 'Genz: cos(Σ c·x), Σ c = 4.5',
    make: (d, { kind }) => {
      const c = coefficients(d, kind, 4.5);
      // the real part of Π (exp(ic) − 1)/(ic)
      const size = c.reduce((product, each) => (product * Math.sin(each / 2)) / (each / 2), 1);
      return { integrand: (x) => Math.cos(dot(c, x)), exact: size * Math.cos(4.5 / 2) };
    },
  },
  'genz-corner-peak': {
    about: 'Genz: (1 + Σ c·x)^−(d + 1), Σ c = 0.25',
    make: (d, { kind }) => {
      const c = coefficients(d, kind, 0.25);
      return { integrand: (x) => (1 + dot(c, x)) ** -(d + 1), exact: cornerPeak(c, 0.25) };
    },
  },
  box: {
    about: 'the box integral E‖x‖^s',
    make: (d, { exponent: s }) => ({ integrand: (x) => norm(x) ** (s / 2), exact: box(d, s) }),
  },
  ishigami: {
    about: 'Ishigami: sin t₁ + 7·sin² t₂ + 0.1·t₃⁴·sin t₁ for t uniform in (−π, π)³',
    make: (d) => {
      if (d !== 3) throw new RangeError(`ishigami: expected 3 dimensions, got ${d}`);
      const angle = (u) => Math.PI * (2 * u - 1);
      const integrand = ([a, b, c]) => (1 + 0.1 * angle(c) ** 4) * Math.sin(angle(a)) + 7 * Math.sin(angle(b)) ** 2;
      return { integrand, exact: 3.5 };
    },
  },
};

/** 1F1(a; ½; −¼) */
function confluent(a) {
  let [sum, term] = [1, 1];
  for (let k = 0; Math.abs(term) > 1e-20 * Math.abs(sum) || k < a; k++) {
    term *= (-0.25 * (a + k)) / ((0.5 + k) * (k + 1));
    sum += term;
  }
  return sum;
}

/** (k − ½)/d, 1/k² or exp(k·ln(1e-8)/d), scaled to a sum. */
function coefficients(d, kind, sum) {
  const c = Array.from({ length: d }, (_, j) =>
    kind === 1 ? (j + 0.5) / d : kind === 2 ? (j + 1) ** -2 : Math.exp(((j + 1) * Math.log(1e-8)) / d),
  );
  const total = c.reduce((a, b) => a + b, 0);
  return c.map((each) => (each * sum) / total);
}

/**
 * E(1 + S)^−(d + 1) for S = Σ c·x, by its series about the mean m = 1 + Σc/2: of m^−(d + 1)·Σ (d + 1)_k·μ_k/m^k, where the
 * even central moments μ_k·k! have the generating function Π sinh(ct/2)/(ct/2), every term is positive.
 */
function cornerPeak(c, sum) {
  const TERMS = 40;
  let moments = Float64Array.from({ length: TERMS }, (_, k) => (k === 0 ? 1 : 0)); // of t^2k
  for (const each of c) {
    const factor = [1]; // of t^2k in sinh(ct/2)/(ct/2)
    for (let k = 1; k < TERMS; k++) factor.push((factor[k - 1] * (each / 2) ** 2) / (2 * k * (2 * k + 1)));
    moments = moments.map((_, k) => factor.slice(0, k + 1).reduce((total, f, j) => total + f * moments[k - j], 0));
  }
  const [d, mean] = [c.length, 1 + sum / 2];
  let [total, rising] = [0, 1]; // (d + 1)_2k/m^2k
  for (let k = 0; k < TERMS; k++) {
    total += rising * moments[k];
    rising *= ((d + 1 + 2 * k) * (d + 2 + 2 * k)) / mean ** 2;
  }
  return total / mean ** (d + 1);
}

/** The closed forms there are. */
function box(d, s) {
  if (s === 0) return 1;
  if (s === 2) return d / 3;
  if (s === 4) return d / 5 + (d * (d - 1)) / 9;
  if (d === 1 && s > -1) return 1 / (s + 1);
  if (d === 2 && s === 1) return (Math.SQRT2 + Math.asinh(1)) / 3;
  if (d === 2 && s === -1) return 2 * Math.asinh(1);
  if (d === 3 && s === 1) return Math.sqrt(3) / 4 + Math.log(2 + Math.sqrt(3)) / 2 - Math.PI / 24;
  if (d === 3 && s === -1) return -Math.PI / 4 - Math.LN2 / 2 + Math.log(5 + 3 * Math.sqrt(3));
  return undefined;
}

const norm = (x) => dot(x, x);

function dot(a, b) {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

// A Gaussian process on a lattice in one dimension, to look at, and one on 65,536 points in three dimensions, to time.
import { GaussianProcess, Lattice, Sobol } from '@gossamer/qmc';
import { drawProcess } from './figures.mjs';

const N = 16;
const CURVE = 401;
const LARGE = 2 ** 16;

const wave = (x) => Math.sin(2 * Math.PI * x) + Math.exp(-8 * (1 - Math.cos(2 * Math.PI * (x - 0.7))));
/** ∫ exp(8 cos(2πx) − 8) dx = I₀(8)·e⁻⁸; the sine has none. */
const WAVE_INTEGRAL = 0.143_431_781_856_850_3;

const bump = (x, y, z) => Math.exp(x * y) * Math.abs(z - 0.4);
/** (Σₖ 1/((k + 1)!·(k + 1)))·(0.4² + 0.6²)/2, from ∫∫ exp(xy) = Σₖ 1/(k!·(k + 1)²). */
const BUMP_INTEGRAL = 1.317_902_151_454_404 * 0.26;

/** @returns the outcome, for machines; `write` gets what a person reads */
export async function fitProcess({ seed, signal, write }) {
  const small = await fitWave({ seed, signal });
  const large = await fitBump({ seed, signal });
  write(
    `\nGaussian process on ${N} lattice points, length scale and size fitted in ${small.iterations} steps\n` +
      `  largest error ${small.largestError.toExponential(1)} where f spans ${small.span.toFixed(1)}, ` +
      `${(100 * small.covered).toFixed(0)} % of the curve within two standard deviations\n` +
      `  integral ${small.integral.mean.toFixed(6)}, exactly ${WAVE_INTEGRAL.toFixed(6)}\n  figure: ${small.figure}\n` +
      `\nGaussian process on ${LARGE.toLocaleString('en')} Sobol' points in 3 dimensions: fitted in ${large.iterations} steps, ${(1000 * large.seconds).toFixed(0)} ms\n` +
      `  root mean square error at 256 other points ${large.rms.toExponential(1)}; integral ${large.integral.mean.toFixed(8)}, ` +
      `exactly ${BUMP_INTEGRAL.toFixed(8)}\n` +
      `  the dense matrix would take ${((8 * LARGE ** 2) / 1e9).toFixed(0)} GB\n`,
  );
  const within = Math.abs(large.integral.mean - BUMP_INTEGRAL) < 1e-5;
  return { small, large, holds: small.largestError < 0.1 * small.span && within };
}

async function fitWave({ seed, signal }) {
  const points = new Lattice({ dimension: 1, seed });
  const data = { x: points.points({ end: N }), y: points.points({ end: N }).map(wave) };
  const options = { points, n: N, y: data.y, kernel: { type: 'shift-invariant', alpha: 2 } };
  const process = await GaussianProcess.fit(options, { signal });
  const x = Float64Array.from({ length: CURVE }, (_, i) => Math.min(i / (CURVE - 1), 1 - 2 ** -53));
  const { mean, variance } = process.predict(x);
  const truth = x.map(wave);
  const deviation = variance.map(Math.sqrt);
  const errors = mean.map((value, i) => Math.abs(value - truth[i]));
  const figure = await drawProcess({ x, mean, deviation, truth }, data);
  return {
    n: N,
    iterations: process.fitted.iterations,
    largestError: Math.max(...errors),
    span: Math.max(...truth) - Math.min(...truth),
    covered: errors.filter((error, i) => error <= 2 * deviation[i]).length / CURVE,
    integral: { ...process.integral, exact: WAVE_INTEGRAL },
    figure,
  };
}

async function fitBump({ seed, signal }) {
  const points = new Sobol({ dimension: 3, seed });
  const values = (x) => Float64Array.from({ length: x.length / 3 }, (_, i) => bump(...x.subarray(3 * i, 3 * i + 3)));
  const y = values(points.points({ end: LARGE }));
  const began = performance.now();
  const process = await GaussianProcess.fit({ points, n: LARGE, y, kernel: { type: 'digital', alpha: 1 } }, { signal });
  const seconds = (performance.now() - began) / 1000;
  const x = points.points({ start: LARGE, end: LARGE + 256 });
  const mean = process.predictMean(x);
  const truth = values(x);
  const squares = mean.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0);
  return {
    n: LARGE,
    seconds,
    iterations: process.fitted.iterations,
    rms: Math.sqrt(squares / mean.length),
    integral: { ...process.integral, exact: BUMP_INTEGRAL },
  };
}

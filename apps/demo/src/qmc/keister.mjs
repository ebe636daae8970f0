// ∫ cos‖x‖ exp(−‖x‖²) dx over ℝᵈ (B. D. Keister, 1996), to a tolerance, by scrambled Sobol' points and by random ones.
import { Iid, integrate, inverseNormal, Sobol } from '@gossamer/qmc';
import { drawErrors } from './figures.mjs';

/** π^{d/2}·₁F₁(d/2; ½; −¼), the series of Kummer's function. */
function exactKeister(dimension) {
  let term = 1;
  let sum = 1;
  for (let k = 0; k < 60; k++) {
    term *= (((dimension / 2 + k) / (0.5 + k)) * -0.25) / (k + 1);
    sum += term;
  }
  return Math.PI ** (dimension / 2) * sum;
}

/** The integrand on the unit cube: x = Φ⁻¹(u)/√2 makes the weight a normal density. */
function keister(dimension) {
  const scale = Math.PI ** (dimension / 2);
  return (u, n) => {
    const z = inverseNormal(u);
    const f = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let square = 0;
      for (let j = 0; j < dimension; j++) square += z[i * dimension + j] ** 2;
      f[i] = scale * Math.cos(Math.sqrt(square / 2));
    }
    return f;
  };
}

/** @returns the outcome, for machines; `write` gets what a person reads */
export async function integrateKeister({ dimension, tolerance, seed, signal, write }) {
  const exact = exactKeister(dimension);
  const batch = keister(dimension);
  const options = { replications: 16, dimension, seed };
  const run = async (name, points, nMax) => {
    const result = await integrate({ batch }, { points, absTol: tolerance, nMax, signal });
    const history = result.history.map(({ n, mean, bound }) => ({
      evaluations: n * options.replications,
      error: Math.abs(mean - exact),
      bound,
    }));
    return { name, result, history, error: Math.abs(result.mean - exact) };
  };
  const qmc = await run("Sobol', scrambled", new Sobol(options), 2 ** 18);
  const random = await run('random points', new Iid(options), qmc.result.n);
  const figure = await drawErrors([qmc, random], tolerance);
  const line = ({ name, result, error }) =>
    `  ${name.padEnd(18)} ${result.mean.toFixed(8)} ± ${result.bound.toExponential(1)} (99 %), true error ${error.toExponential(1)}, ` +
    `${result.evaluations} evaluations, ${(1000 * result.seconds).toFixed(0)} ms${result.converged ? '' : ', tolerance NOT met'}\n`;
  write(
    `\n∫ cos‖x‖ exp(−‖x‖²) dx over ℝ^${dimension} to ${tolerance}: exactly ${exact.toFixed(8)}\n${line(qmc)}${line(random)}` +
      `  random points would need ${factor(random, tolerance)} evaluations for the same bound\n  figure: ${figure}\n`,
  );
  const summary = ({ name, result, error, history }) => ({
    name,
    mean: result.mean,
    bound: result.bound,
    evaluations: result.evaluations,
    seconds: result.seconds,
    converged: result.converged,
    error,
    history,
  });
  const holds = qmc.result.converged && qmc.error <= qmc.result.bound;
  return { dimension, tolerance, exact, runs: [qmc, random].map(summary), figure, holds };
}

/** The bound of random points falls like 1/√n. */
function factor({ result }, tolerance) {
  return Math.ceil(result.evaluations * (result.bound / tolerance) ** 2).toLocaleString('en');
}

// The figures of the tour: vega-lite specifications, drawn to SVG without a browser.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse, View } from 'vega';
import { compile } from 'vega-lite';

const FOLDER = fileURLToPath(new URL('../../figures/', import.meta.url));
const CONFIG = {
  font: 'system-ui, sans-serif',
  background: '#fff',
  view: { stroke: '#cbd5e1' },
  legend: { symbolType: 'stroke', labelLimit: 240 },
};
const colour = (names, range) => ({ field: 'series', type: 'nominal', title: null, scale: { domain: names, range } });
const quantity = (field, title, scale = {}, rest = {}) => ({ field, type: 'quantitative', title, scale, ...rest });

/** Draws a figure and tells where it lies. */
async function draw(name, spec) {
  const view = new View(parse(compile({ ...spec, config: CONFIG }).spec), { renderer: 'none' });
  try {
    const path = `${FOLDER}${name}.svg`;
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path, await view.toSVG());
    return path;
  } finally {
    view.finalize();
  }
}

/**
 * Sequences in the unit square, side by side.
 *
 * @param {{ name: string, points: Float64Array }[]} sets of two coordinates a point
 */
export function drawPoints(sets) {
  const axis = (field) => quantity(field, null, { domain: [0, 1] }, { axis: { values: [0, 0.5, 1] } });
  return draw('points', {
    title: `${sets[0].points.length / 2} points of each sequence`,
    hconcat: sets.map(({ name, points }) => ({
      title: name,
      width: 220,
      height: 220,
      data: {
        values: Array.from({ length: points.length / 2 }, (_, i) => ({ x: points[2 * i], y: points[2 * i + 1] })),
      },
      mark: { type: 'circle', aria: false, size: 14, color: '#1d4ed8', opacity: 1 },
      encoding: { x: axis('x'), y: axis('y') },
    })),
  });
}

/**
 * Errors and their bounds against the number of evaluations, both axes logarithmic.
 *
 * @param {{ name: string, history: { evaluations: number, error: number, bound: number }[] }[]} runs
 * @param {number} tolerance
 */
export function drawErrors(runs, tolerance) {
  const values = runs.flatMap(({ name, history }) =>
    history.flatMap(({ evaluations, error, bound }) => [
      { evaluations, value: bound, series: name, what: 'bound (99 %)' },
      ...(error > 0 ? [{ evaluations, value: error, series: name, what: 'true error' }] : []),
    ]),
  );
  const names = runs.map(({ name }) => name);
  return draw('keister', {
    title: 'Keister integral: error against evaluations',
    width: 520,
    height: 340,
    layer: [
      {
        data: { values },
        mark: { type: 'line', point: true },
        encoding: {
          x: quantity('evaluations', 'evaluations of the integrand', { type: 'log' }, { axis: { format: '~s' } }),
          y: quantity('value', 'absolute error', { type: 'log' }, { axis: { format: '.0e' } }),
          color: colour(names, ['#1d4ed8', '#c2410c']),
          strokeDash: { field: 'what', type: 'nominal', title: null },
        },
      },
      {
        data: { values: [{ tolerance }] },
        mark: { type: 'rule', color: '#64748b' },
        encoding: { y: quantity('tolerance', '') },
      },
    ],
  });
}

/**
 * A Gaussian process in one dimension: its mean, two standard deviations about it, the function, the data.
 *
 * @param {{ x: Float64Array, mean: Float64Array, deviation: Float64Array, truth: Float64Array }} curve
 * @param {{ x: Float64Array, y: Float64Array }} data
 */
export function drawProcess({ x, mean, deviation, truth }, data) {
  const values = Array.from(x, (at, i) => ({
    x: at,
    mean: mean[i],
    low: mean[i] - 2 * deviation[i],
    high: mean[i] + 2 * deviation[i],
    truth: truth[i],
  }));
  const at = quantity('x', 'x', { domain: [0, 1] });
  const line = (field, name, dash) => ({
    mark: { type: 'line', strokeDash: dash },
    encoding: { x: at, y: quantity(field, 'f(x)'), color: { datum: name, scale: { range: ['#1d4ed8', '#64748b'] } } },
  });
  return draw('gaussian-process', {
    title: `Gaussian process on ${data.x.length} lattice points`,
    width: 520,
    height: 340,
    layer: [
      {
        data: { values },
        layer: [
          {
            mark: { type: 'area', color: '#93c5fd', opacity: 0.5 },
            encoding: { x: at, y: quantity('low', 'f(x)'), y2: { field: 'high' } },
          },
          line('mean', 'mean ± 2 standard deviations', []),
          line('truth', 'the function', [5, 4]),
        ],
      },
      {
        data: { values: Array.from(data.x, (each, i) => ({ x: each, y: data.y[i] })) },
        mark: { type: 'circle', size: 50, color: '#0f172a', opacity: 1 },
        encoding: { x: at, y: quantity('y', 'f(x)') },
      },
    ],
  });
}

// What the commands share: reading options, and making point sets of them.
import { parseArgs } from 'node:util';
import { Halton, Iid, Korobov, LatinHypercube, Lattice, Sobol } from '@gossamer/qmc';

/** Wrong usage, in one sentence. */
export class Usage extends Error {}

/** Options of the point sets, for `parseArgs`. */
export const POINT_OPTIONS = {
  sequence: { type: 'string', default: 'sobol' },
  dimension: { type: 'string', short: 'd' },
  seed: { type: 'string' },
  randomize: { type: 'string' },
  order: { type: 'string' },
  interlace: { type: 'string' },
  size: { type: 'string' },
  multiplier: { type: 'string' },
};

export const POINT_HELP = `  --sequence NAME    sobol (unless told), lattice, halton, korobov, lhs (Latin hypercube), iid
  -d, --dimension D  coordinates per point
  --seed S           an integer below 2^128; other points every time unless told
  --randomize HOW    sobol: lms+ds (unless told), lms, ds, owen, owen-tree, none; lattice, korobov: shift, none;
                     halton: lms+permutation (unless told), lms+shift, lms, permutation, shift, owen, owen-tree, none
  --order ORDER      sobol: natural (unless told), gray; lattice: radical-inverse (unless told), gray, linear
  --interlace A      sobol: the order of the net, 1 unless told
  --multiplier A     korobov: unless told a search finds one`;

/** How a sequence is made, and which of the options above it has beside dimension and seed. */
const SEQUENCES = {
  sobol: {
    has: ['randomize', 'order', 'interlace'],
    make: async ({ interlace: alpha = 1, ...options }) => {
      const { dimension } = options;
      const directions = dimension * alpha > 1024 ? await loadDirections(dimension * alpha) : undefined;
      return new Sobol({ ...options, alpha, directions });
    },
  },
  lattice: {
    has: ['randomize', 'order', 'size'],
    make: ({ size, ...options }) => new Lattice({ ...options, size: options.order === 'linear' ? size : undefined }),
  },
  halton: { has: ['randomize'], make: (options) => new Halton(options) },
  korobov: { has: ['randomize', 'size', 'multiplier'], make: (options) => new Korobov(options) },
  lhs: { has: ['size'], make: (options) => new LatinHypercube(options) },
  iid: { has: [], make: (options) => new Iid(options) },
};

/** Sequences of which all points belong together. */
export const WHOLE = ['korobov', 'lhs'];

/**
 * @param {string[]} args
 * @param {import('node:util').ParseArgsConfig['options']} options
 */
export function read(args, options) {
  const joined = [];
  for (const arg of args) {
    // "--bounds -1,1": a number that begins with a minus belongs to the option before it
    if (/^-[\d.]/.test(arg) && /^--[a-z-]+$/.test(joined.at(-1) ?? '')) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return parseArgs({ args: joined, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values;
}

/** The point set that the options ask for. */
export async function pointSetOf(values, { size, replications = 1 }) {
  const { sequence } = values;
  const kind = Object.hasOwn(SEQUENCES, sequence) ? SEQUENCES[sequence] : undefined;
  if (!kind)
    throw new Usage(`--sequence: expected ${Object.keys(SEQUENCES).join(', ')}, got ${JSON.stringify(sequence)}`);
  const { randomize, order } = values;
  const all = {
    randomize,
    order,
    interlace: integer('--interlace', values.interlace),
    size: integer('--size', values.size) ?? size,
    multiplier: integer('--multiplier', values.multiplier),
  };
  for (const name of Object.keys(all)) {
    if (kind.has.includes(name)) continue;
    if (values[name] !== undefined) throw new Usage(`--${name}: ${sequence} points have no such option`);
    delete all[name];
  }
  const dimension = needed('--dimension', integer('--dimension', values.dimension));
  return kind.make({ ...all, dimension, seed: seed(values.seed), replications });
}

/** What the library calls otherwise. */
const RENAMED = { absTol: 'tol', relTol: 'rel-tol', nInit: 'n-init', nMax: 'n-max' };

/** A message of the library with the names of the options that it is about. */
export function inOptionNames(message) {
  return message.replace(/^\w+(?=: )/, (name) => {
    const option = RENAMED[name] ?? name;
    return option in POINT_OPTIONS || name in RENAMED || name === 'alpha' ? `--${option}` : name;
  });
}

export function needed(name, value) {
  if (value === undefined) throw new Usage(`${name}: expected one, got none`);
  return value;
}

/** A number in text, or undefined if there is none. */
export function number(name, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new Usage(`${name}: expected a number, got ${JSON.stringify(text)}`);
  }
  return value;
}

/** An integer in text, or undefined if there is none. */
export function integer(name, text) {
  const value = number(name, text);
  if (value === undefined || Number.isSafeInteger(value)) return value;
  throw new Usage(`${name}: expected an integer, got ${JSON.stringify(text)}`);
}

function seed(text) {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Usage(`--seed: expected an integer from 0, got ${JSON.stringify(text)}`);
  return BigInt(text);
}

/** The larger table of direction numbers, which is a module of its own. */
async function loadDirections(dimension) {
  const table = await import('@gossamer/qmc/joe-kuo');
  return table.loadDirections(Math.min(dimension, 21_201)); // Sobol says what is too much
}

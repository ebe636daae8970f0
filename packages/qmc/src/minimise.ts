/** A function's value and gradient. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Where {@link minimise} asks for an evaluation. */
export interface Question {
  readonly x: Float64Array;
  /** Steps that were taken. */
  readonly iteration: number;
}

/** Where {@link minimise} ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly iterations: number;
  /** Whether there was nothing left to gain, not just no iteration left. */
  readonly converged: boolean;
}

/** A box. */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The largest slope of a free coordinate at a minimum. */
const FLAT = 1e-7;
/** A step that lowers the value by less than this share gains nothing; two of them in a row are enough. */
const GAIN = 1e-12;
/** Steps that are remembered. */
const MEMORY = 10;
/** Of the decrease that the slope promises, the share that a step must make (Armijo). */
const SHARE = 1e-4;
/** Shorter steps than 2^−30 of the first are no steps. */
const HALVINGS = 30;

interface Point extends Evaluation {
  readonly x: Float64Array;
}

/** s and y: how x and the gradient changed in a step. */
interface Change {
  readonly s: Float64Array;
  readonly y: Float64Array;
}

/**
 * Minimises a smooth function in a box by projected steps of L-BFGS. It asks for values and is answered through `next`, so
 * that evaluations may take their time, and an abort costs nothing.
 *
 * Sources: J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd ed. 2006, algorithm 7.4, on the coordinates that are free
 * (D. P. Bertsekas, *Projected Newton methods*, SIAM J. Control Optim. 20(2), 1982).
 */
export function* minimise(
  start: Float64Array,
  bounds: Bounds,
  iterations: number,
): Generator<Question, Minimum, Evaluation> {
  let at: Point = { x: start, ...(yield { x: start, iteration: 0 }) };
  const changes: Change[] = [];
  let idle = 0;
  for (let iteration = 0; ; ) {
    const free = freeAt(at, bounds);
    if (largest(free) <= FLAT || idle >= 2) return { x: at.x, iterations: iteration, converged: true };
    if (iteration === iterations) return { x: at.x, iterations, converged: false };
    const next: Point | undefined = yield* step(at, descent(free, changes), bounds, iteration);
    if (next === undefined) {
      if (changes.length === 0) return { x: at.x, iterations: iteration, converged: true }; // no digits are left
      changes.length = 0;
      continue;
    }
    iteration++;
    remember(changes, at, next);
    idle = at.value - next.value <= GAIN * Math.max(1, Math.abs(at.value)) ? idle + 1 : 0;
    at = next;
  }
}

/** The gradient without the coordinates that stand on their bound and would leave the box. */
function freeAt({ x, gradient }: Point, { lower, upper }: Bounds): Float64Array {
  return gradient.map((slope, j) => {
    const blocked = slope > 0 ? (x[j] as number) <= (lower[j] as number) : (x[j] as number) >= (upper[j] as number);
    return blocked ? 0 : slope;
  });
}

/** The inverse Hessian of the remembered steps times the gradient, among the coordinates where that is not 0. */
function descent(gradient: Float64Array, changes: readonly Change[]): Float64Array {
  const masked = (a: Float64Array): Float64Array => a.map((value, j) => (gradient[j] === 0 ? 0 : value));
  const steps = changes
    .map(({ s, y }) => ({ s: masked(s), y: masked(y) }))
    .map(({ s, y }) => ({ s, y, sy: dot(s, y) }))
    .filter(({ y, sy }) => sy > 1e-12 * dot(y, y));
  const last = steps.at(-1);
  const direction = gradient.slice();
  const shares = steps.toReversed().map(({ s, y, sy }) => {
    const share = dot(s, direction) / sy;
    add(direction, y, -share);
    return share;
  });
  // Before anything is known, the largest change is 1: coordinates are logarithms.
  const scale = last === undefined ? 1 / largest(gradient) : last.sy / dot(last.y, last.y);
  for (let j = 0; j < direction.length; j++) direction[j] = scale * (direction[j] as number);
  for (const [k, { s, y, sy }] of steps.entries()) {
    add(direction, s, (shares[steps.length - 1 - k] as number) - dot(y, direction) / sy);
  }
  return direction;
}

/** The first point along x − t·direction in the box, t = 1 and shorter, that is low enough. */
function* step(
  at: Point,
  direction: Float64Array,
  { lower, upper }: Bounds,
  iteration: number,
): Generator<Question, Point | undefined, Evaluation> {
  for (let t = 1, halvings = 0; halvings < HALVINGS; t /= 2, halvings++) {
    const x = at.x.map((value, j) =>
      Math.min(Math.max(value - t * (direction[j] as number), lower[j] as number), upper[j] as number),
    );
    const promised = at.gradient.reduce((sum, slope, j) => sum + slope * ((x[j] as number) - (at.x[j] as number)), 0);
    if (promised >= 0) return undefined;
    const next = { x, ...(yield { x, iteration }) };
    if (next.value <= at.value + SHARE * promised) return next; // false for NaN
  }
  return undefined;
}

function remember(changes: Change[], from: Point, to: Point): void {
  const s = to.x.map((value, j) => value - (from.x[j] as number));
  const y = to.gradient.map((value, j) => value - (from.gradient[j] as number));
  if (dot(s, y) > 0) changes.push({ s, y });
  if (changes.length > MEMORY) changes.shift();
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, j) => sum + value * (b[j] as number), 0);

const largest = (a: Float64Array): number => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function add(a: Float64Array, b: Float64Array, factor: number): void {
  for (let j = 0; j < a.length; j++) a[j] = (a[j] as number) + factor * (b[j] as number);
}

import { describe, expect, it } from 'vitest';
import { type Evaluation, type Minimum, minimise } from '../src/minimise.ts';

type Answer = (x: Float64Array) => Evaluation;

function run(
  answer: Answer,
  start: number[],
  low = -10,
  high = 10,
  iterations = 200,
): Minimum & { asked: number; steps: number[] } {
  const bounds = { lower: new Float64Array(start.length).fill(low), upper: new Float64Array(start.length).fill(high) };
  const search = minimise(Float64Array.from(start), bounds, iterations);
  const steps: number[] = [];
  let turn = search.next();
  while (!turn.done) {
    const { x, iteration } = turn.value;
    expect(x.every((value) => value >= low && value <= high)).toBe(true);
    steps.push(iteration);
    turn = search.next(answer(x));
  }
  return { ...turn.value, asked: steps.length, steps };
}

/** Σ c_j (x_j − m_j)² */
const bowl =
  (curvatures: number[], middle: number[]): Answer =>
  (x) => ({
    value: x.reduce((sum, value, j) => sum + (curvatures[j] as number) * (value - (middle[j] as number)) ** 2, 0),
    gradient: x.map((value, j) => 2 * (curvatures[j] as number) * (value - (middle[j] as number))),
  });

const rosenbrock: Answer = ([x = 0, y = 0]) => ({
  value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
});

describe('minimise', () => {
  it('finds the bottom of a valley that bends', () => {
    const { x, converged, asked } = run(rosenbrock, [-1.2, 1]);
    expect(converged).toBe(true);
    expect(asked).toBeLessThan(100);
    // At slopes below 1e-7 with a least curvature of 0.4
    expect(Math.hypot((x[0] as number) - 1, (x[1] as number) - 1)).toBeLessThanOrEqual(1e-6);
  });

  it('goes along walls to the lowest point of a box', () => {
    const { x, converged } = run(bowl([1, 50, 3], [20, -3, -40]), [0, 9, 9]);
    expect(converged).toBe(true);
    expect(x[0]).toBe(10);
    expect(Math.abs((x[1] as number) + 3)).toBeLessThanOrEqual(1e-7 / 100); // slope over curvature
    expect(x[2]).toBe(-10);
  });

  it('comes off a wall that it began on', () => {
    const { x, converged } = run(bowl([1, 1], [2, 3]), [-10, 10]);
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(2, 7);
    expect(x[1]).toBeCloseTo(3, 7);
  });

  it('steps back from where there is no value', () => {
    const wall: Answer = (x) => {
      const [u = 0] = x;
      return u > 1.5 ? { value: Number.NaN, gradient: Float64Array.of(Number.NaN) } : bowl([4], [1])(x);
    };
    const { x, converged } = run(wall, [-9]);
    expect(converged).toBe(true);
    expect(x[0]).toBeCloseTo(1, 7);
  });

  it('says when its iterations did not suffice', () => {
    const { converged, iterations, x } = run(rosenbrock, [-1.2, 1], -10, 10, 3);
    expect([converged, iterations]).toEqual([false, 3]);
    expect(rosenbrock(x).value).toBeLessThan(rosenbrock(Float64Array.of(-1.2, 1)).value);
  });

  it('ends where doubles have no lower value, whatever the slope says', () => {
    const { converged } = run((x) => ({ value: 1, gradient: x.map(() => 1) }), [0, 0]);
    expect(converged).toBe(true);
  });

  it('ends when steps gain nothing any more', () => {
    const flat: Answer = ([x = 0]) => ({ value: 1e9 + 1e-6 * x, gradient: Float64Array.of(1e-6) });
    expect(run(flat, [0], -1e9, 1e9).converged).toBe(true);
  });

  it('counts the steps that it took before each question', () => {
    const { steps, iterations } = run(rosenbrock, [-1.2, 1]);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps[0]).toBe(0);
    expect(iterations - (steps.at(-1) as number)).toBe(1);
  });

  it('has nothing to do without parameters', () => {
    expect(run(() => ({ value: 3, gradient: new Float64Array() }), [])).toMatchObject({
      asked: 1,
      iterations: 0,
      converged: true,
    });
  });
});

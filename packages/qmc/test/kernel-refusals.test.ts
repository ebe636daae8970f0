import { describe, expect, it } from 'vitest';
import { evaluateKernel, type KernelRequest, QmcError } from '../src/index.ts';

describe('refusals', () => {
  const GOOD = { kernel: { type: 'digital' }, dimension: 2, x: new Float64Array(4), z: new Float64Array(4) } as const;
  const kernel = (more: object): object => ({ kernel: { type: 'digital', ...more } });

  it.each<[code: string, message: string, change: object]>([
    [
      'bad-option',
      "kernel.type: expected 'shift-invariant', 'digital' or 'digital-adaptive', got \"matern\"",
      kernel({ type: 'matern' }),
    ],
    ['bad-option', 'kernel.alpha: expected an integer from 1 to 4, got 5', kernel({ alpha: 5 })],
    [
      'bad-option',
      'kernel.alpha: expected an integer from 1 to 5, got 6',
      kernel({ type: 'shift-invariant', alpha: 6 }),
    ],
    ['bad-option', 'kernel.alpha[1]: expected an integer from 1 to 4, got 1.5', kernel({ alpha: [1, 1.5] })],
    ['bad-option', 'kernel.alpha: expected a number > 0, got 0', kernel({ type: 'digital-adaptive', alpha: 0 })],
    ['bad-length', 'kernel.alpha: expected a number or 2 elements, got 3', kernel({ alpha: [1, 2, 3] })],
    ['bad-option', 'kernel.weights: expected a number > 0, got 0', kernel({ weights: 0 })],
    [
      'bad-option',
      'kernel.weights[0]: expected a number > 0, got NaN',
      kernel({ weights: Float64Array.of(Number.NaN, 1) }),
    ],
    ['bad-length', 'kernel.weights: expected a number or 2 elements, got 1', kernel({ weights: [1] })],
    ['bad-option', 'kernel.scale: expected a number > 0, got -1', kernel({ scale: -1 })],
    [
      'bad-option',
      'kernel.combine: expected a kernel with either alpha or combine, got alpha as well',
      kernel({ alpha: 1, combine: [1] }),
    ],
    [
      'bad-option',
      "kernel.combine: expected a kernel with either alpha or combine, got a kernel of type 'digital-adaptive'",
      kernel({ type: 'digital-adaptive', combine: [1] }),
    ],
    ['bad-option', 'kernel.combine: expected numbers >= 0, not all of them 0, got [0, 0]', kernel({ combine: [0, 0] })],
    [
      'bad-option',
      'kernel.combine[1]: expected numbers >= 0, not all of them 0, got [-1]',
      kernel({ combine: [[1], [-1]] }),
    ],
    ['bad-length', 'kernel.combine: expected at most 4 elements, got 5', kernel({ combine: [1, 1, 1, 1, 1] })],
    ['bad-length', 'kernel.combine: expected numbers or 2 lists, got 1 elements', kernel({ combine: [[1]] })],
    ['bad-option', 'dimension: expected a positive integer, got 0', { dimension: 0 }],
    ['bad-length', 'x: expected a multiple of 2 elements (dimension), got 3', { x: new Float64Array(3) }],
    ['bad-length', 'z: expected 4 elements (x), got 6', { z: new Float64Array(6) }],
    ['bad-value', 'x[1]: expected a number in [0, 1), got 1', { x: Float64Array.of(0, 1, 0, 0) }],
    ['bad-value', 'z[0]: expected a number in [0, 1), got NaN', { z: Float64Array.of(Number.NaN, 0, 0, 0) }],
    ['bad-option', 'derivatives: coordinate 0 has them up to order 0, got 1', { derivatives: { x: [1, 0] } }],
    [
      'bad-option',
      'derivatives: expected integers >= 0, got [-1, 0] for coordinate 1',
      { derivatives: { x: [0, -1] } },
    ],
    [
      'bad-option',
      'derivatives: coordinate 1 has them up to order 2, got 3',
      { ...kernel({ type: 'shift-invariant' }), derivatives: { x: [0, 2], z: [0, 1] } },
    ],
    [
      'bad-option',
      'derivatives: coordinate 0 has them up to order 0, got 1',
      { ...kernel({ type: 'digital-adaptive' }), derivatives: { z: [1, 0] } },
    ],
  ])('%s: %s', (code, message, change) => {
    const call = (): unknown => evaluateKernel({ ...GOOD, ...change } as KernelRequest);
    expect(call).toThrow(QmcError);
    expect(call).toThrow(expect.objectContaining({ code, message }));
  });

  it.each([
    ['kernel: expected an object, got null', { kernel: null }, undefined],
    ['x: expected a Float64Array or BigUint64Array, got [0, 0]', { x: [0, 0] }, undefined],
    ['out: expected a Float64Array, got Float32Array', {}, new Float32Array(2)],
  ])('TypeError: %s', (message, change, out) => {
    const call = (): unknown => evaluateKernel({ ...GOOD, ...change } as unknown as KernelRequest, out as never);
    expect(call).toThrow(new TypeError(message));
  });
});

import { describe, expect, it } from 'vitest';
import { type AsyncIntegrand, Iid, type Integrand, integrate, integrateSync, type Refinement } from '../src/index.ts';
import { oscillatory } from './integrands.ts';
import { lattice, timeless } from './point-sets.ts';

describe('progress', () => {
  it('comes after every doubling, in order, before the next begins', async () => {
    const { f } = oscillatory(2);
    let evaluated = 0;
    const events: Refinement[] = [];
    const counting = (x: Float64Array): number => {
      evaluated++;
      return f(x);
    };
    const result = await integrate(counting, {
      points: lattice(2),
      absTol: 1e-5,
      onProgress: (refinement) => {
        expect(evaluated).toBe(16 * refinement.n);
        events.push(refinement);
      },
    });
    expect(events).toEqual(result.history);
  });

  it.each(['points', 'batches', 'batches of promises'])('lets the host do other things between %s', async (kind) => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const busy = (n: number): number => {
      const until = performance.now() + 0.1 * n;
      while (performance.now() < until);
      return 1;
    };
    const batch = (_: Float64Array, n: number): Float64Array => new Float64Array(n).fill(busy(n));
    const integrands: { readonly [kind: string]: AsyncIntegrand } = {
      points: () => busy(1),
      batches: { batch },
      'batches of promises': { batch: async (x, n) => batch(x, n) },
    };
    // 100 ms of work, of which batches take 6 ms each
    const options = { points: new Iid({ dimension: 2 ** 14, replications: 2, seed: 1 }), absTol: 1, nInit: 512 };
    await integrate(integrands[kind] as AsyncIntegrand, options);
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(2);
  });
});

describe('stops', () => {
  const points = lattice(2);
  const options = { points, absTol: 1e-9, nMax: 4096 };
  const { f } = oscillatory(2);
  const whole = timeless(integrateSync(f, options));

  it('when it is aborted before it starts: no point is evaluated', async () => {
    const reason = new Error('not at all');
    let calls = 0;
    const run = integrate(() => calls++, { ...options, signal: AbortSignal.abort(reason) });
    await expect(run).rejects.toBe(reason);
    expect(calls).toBe(0);
  });

  it('when it is aborted half-way: with the reason, at the next block', async () => {
    const [controller, reason] = [new AbortController(), { why: 'enough' }];
    let batches = 0;
    const batch = (_: Float64Array, n: number): Float64Array => {
      if (++batches === 3) controller.abort(reason);
      return Float64Array.from({ length: n }, (_, i) => i);
    };
    await expect(integrate({ batch }, { ...options, signal: controller.signal })).rejects.toBe(reason);
    expect(batches).toBe(3);
  });

  it('when a timer aborts it within a block of slow points', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    let calls = 0;
    const slow = (): number => {
      const until = performance.now() + 1;
      while (performance.now() < until);
      return calls++;
    };
    await expect(integrate(slow, { ...options, signal: controller.signal })).rejects.toThrow('aborted');
    expect(calls).toBeLessThan(4096);
  });

  it('when progress throws, with that error', async () => {
    const error = new Error('no more');
    const onProgress = ({ n }: Refinement): void => {
      if (n === 512) throw error;
    };
    await expect(integrate(f, { ...options, onProgress })).rejects.toBe(error);
    expect(() => integrateSync(f, { ...options, onProgress })).toThrow(error);
  });

  it('when the integrand throws half-way: with that error, and the next call works', async () => {
    const error = new Error('singular');
    for (const last of [0, 5000]) {
      let calls = 0;
      const throws = (x: Float64Array): number => {
        if (calls++ === last) throw error;
        return f(x);
      };
      expect(() => integrateSync(throws, options)).toThrow(error);
      expect(calls).toBe(last + 1);
      calls = 0;
      await expect(integrate(throws, options)).rejects.toBe(error);
      calls = 0;
      await expect(integrate(async (x) => throws(x), options)).rejects.toBe(error);
      await expect(integrate({ batch: () => Promise.reject(error) }, options)).rejects.toBe(error);
      expect(timeless(integrateSync(f, options))).toEqual(whole);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'when the integrand gives %s: says where, and evaluates nothing more',
    async (bad) => {
      // block 2 of the run: points 256 … 511 of 16 replications; point 300 of replication 3
      const last = 16 * 256 + 3 * 256 + (300 - 256);
      const error = {
        name: 'QmcError',
        code: 'bad-value',
        message: `integrand: expected a finite number at point 300 of replication 3, got ${bad}`,
      };
      let calls = 0;
      const gives = (x: Float64Array): number => (calls++ === last ? bad : f(x));
      expect(() => integrateSync(gives, options)).toThrow(expect.objectContaining(error));
      expect(calls).toBe(last + 1);
      calls = 0;
      await expect(integrate(gives, options)).rejects.toMatchObject(error);
      expect(calls).toBe(last + 1);
      calls = 0;
      const batch = (_: Float64Array, n: number): number[] =>
        Array.from({ length: n }, (_, i) => gives(Float64Array.of(0, i / n)));
      await expect(integrate({ batch }, options)).rejects.toMatchObject(error);
      expect(timeless(integrateSync(f, options))).toEqual(whole);
    },
  );

  it('when sums overflow', () => {
    expect(() => integrateSync(() => Number.MAX_VALUE, options)).toThrow(
      expect.objectContaining({
        code: 'bad-value',
        message: 'integrand: the sum of 256 values is too large for a number',
      }),
    );
  });

  it('when a batch has the wrong length or is none', async () => {
    const batches: Array<[object, unknown]> = [
      [{ code: 'bad-length', message: 'integrand: expected 4096 values, got 4095' }, new Float64Array(4095)],
      [{ name: 'TypeError', message: 'integrand: expected an array of 4096 numbers, got undefined' }, undefined],
      [{ name: 'TypeError', message: 'integrand: expected an array of 4096 numbers, got null' }, null],
      [{ name: 'TypeError', message: 'integrand: expected an array of 4096 numbers, got 1' }, 1],
      [
        { name: 'TypeError', message: 'integrand: expected a number at point 0 of replication 0, got "1"' },
        Array(4096).fill('1'),
      ],
    ];
    for (const [error, values] of batches) {
      const integrand = { batch: () => values } as unknown as Integrand;
      expect(() => integrateSync(integrand, options)).toThrow(expect.objectContaining(error));
      await expect(integrate(integrand, options)).rejects.toMatchObject(error);
    }
  });

  it('when a value is no number', async () => {
    const integrands: Array<[unknown, Integrand]> = [
      ['got undefined', (() => {}) as never],
      ['got "0.5"', (() => '0.5') as never],
      ['got Promise', (async () => 1) as never],
    ];
    for (const [got, integrand] of integrands) {
      const message = `integrand: expected a number at point 0 of replication 0, ${got}`;
      expect(() => integrateSync(integrand, options)).toThrow(new TypeError(message));
      if (got !== 'got Promise') await expect(integrate(integrand, options)).rejects.toThrow(new TypeError(message));
    }
  });
});

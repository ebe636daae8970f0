import { expect, it } from 'vitest';
import { FULL, Harness, QUICK, timed } from '../src/harness.mjs';

const silent = () => {};

/** A contender whose clock is the list of calls. */
function contender(name: string, calls: string[], seconds: number, more = {}) {
  return {
    name,
    work: 10,
    check: () => {
      calls.push(`check ${name}`);
    },
    time: (repeats: number) => {
      calls.push(`${name}×${repeats}`);
      return seconds * repeats;
    },
    ...more,
  };
}

it('checks every contender before it times one, then alternates the order of the rounds', async () => {
  const calls: string[] = [];
  const harness = new Harness({ rounds: 4, sampleSeconds: 1, warmSeconds: 0 }, silent);
  const a = contender('A', calls, 0.25);
  const b = contender('B', calls, 0.5);
  const samples = await harness.compare('letters', [a, b]);
  const rounds = ['A×4', 'B×2', 'B×2', 'A×4', 'A×4', 'B×2', 'B×2', 'A×4'];
  expect(calls).toEqual(['check A', 'check B', 'A×1', 'B×1', ...rounds]);
  expect(samples).toEqual([
    { work: 10, seconds: [0.25, 0.25, 0.25, 0.25] },
    { work: 10, seconds: [0.5, 0.5, 0.5, 0.5] },
  ]);
});

it('times nothing when a result is wrong', async () => {
  const calls: string[] = [];
  const wrong = contender('B', calls, 1, {
    check: () => {
      throw new Error('expected 1, got 2');
    },
  });
  const comparison = new Harness(QUICK, silent).compare('letters', [contender('A', calls, 1), wrong]);
  await expect(comparison).rejects.toThrow('letters: B is wrong, nothing was timed: expected 1, got 2');
  expect(calls).toEqual(['check A']);
});

it('takes the check of long work for its warm-up', async () => {
  const calls: string[] = [];
  await new Harness({ ...QUICK, rounds: 1 }, silent).compare('letters', [contender('A', calls, 5, { long: true })]);
  expect(calls).toEqual(['check A', 'A×1']);
});

it('lets a comparison have its own effort', async () => {
  const calls: string[] = [];
  const samples = await new Harness(FULL, silent).compare('letters', [contender('A', calls, 1)], {
    rounds: 2,
    warmSeconds: 0,
  });
  expect(samples[0]?.seconds).toHaveLength(2);
});

it('repeats work and waits for it when it is asynchronous', async () => {
  let done = 0;
  const seconds = await timed(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done++;
  })(3);
  expect(done).toBe(3);
  expect(seconds).toBeGreaterThan(0);
});

import { describe, expect, it } from 'vitest';
import { runSliced, yieldToHost } from '../src/host.ts';

/** Work of `steps` pieces that each take about a millisecond. */
function* busy(steps: number, ended: string[]): Generator<void, number, void> {
  try {
    for (let i = 0; i < steps; i++) {
      const until = performance.now() + 1;
      while (performance.now() < until);
      yield;
    }
    return steps;
  } finally {
    ended.push('finally');
  }
}

describe('yieldToHost', () => {
  it('lets timers and messages run', async () => {
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 0);
    for (let i = 0; i < 1000 && !fired; i++) await yieldToHost();
    expect(fired).toBe(true);
  });
});

describe('runSliced', () => {
  it('gives the result and lets the host in meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    expect(await runSliced(busy(100, []), () => {})).toBe(100);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('ends the work when the check throws, and its finally blocks run first', async () => {
    const ended: string[] = [];
    const reason = new Error('enough');
    const checks: number[] = [];
    const run = runSliced(busy(10_000, ended), () => {
      checks.push(checks.length);
      if (checks.length === 2) throw reason;
    });
    await expect(run).rejects.toBe(reason);
    expect(ended).toEqual(['finally']);
    expect(checks).toHaveLength(2);
  });

  it('passes on what the work throws', async () => {
    const failing = function* (): Generator<void, void, void> {
      yield;
      throw new Error('broken');
    };
    await expect(runSliced(failing(), () => {})).rejects.toThrow('broken');
  });
});

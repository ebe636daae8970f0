import { describe, expect, it } from 'vitest';
import { type Outcome, runDemo } from './run-demo.ts';

const demo = (...args: string[]): Promise<Outcome> => runDemo('gla', args);

describe('the demo of gla', () => {
  it('continues a prompt and agrees with the reference', async () => {
    const { code, stdout } = await demo('Once upon a time, there was a little fox', '--max-tokens', '60');
    expect(code).toBe(0);
    expect(stdout).toContain('Once upon a time, there was a little fox');
    expect(stdout).toMatch(/\d+ tokens at \d+ tokens\/s/);
    expect(stdout).toMatch(/greedy text equal: holds/);
  });

  it('says the same to machines, and the same seed says the same again', async () => {
    const args = ['The dog', '--json', '--max-tokens', '30', '--seed', '7', '--variant', 'simd'];
    const [a, b] = [await demo(...args), await demo(...args)];
    const [first, second] = [JSON.parse(a.stdout), JSON.parse(b.stdout)];
    expect(first.agreement).toMatchObject({ holds: true, greedyAgrees: true, tokens: 199 });
    expect(first.agreement.logProbDifference).toBeLessThan(1e-3);
    expect(first.tokens).toBe(30);
    expect(first.text.length).toBeGreaterThan(30);
    expect(second.text).toBe(first.text);
  });

  it.each(['int8', 'int8x32'])('runs with %s weights', async (weights) => {
    const { code, stdout } = await demo('--json', '--max-tokens', '5', '--weights', weights);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).agreement).toMatchObject({ holds: true });
  });

  it.each(['stored', 'int8', 'int8x32'])("recomputes the card's bits per byte with %s weights", async (weights) => {
    const { code, stdout } = await demo('--held-out', '--json', '--weights', weights);
    const { agreement, tokens, bytes } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect({ tokens, bytes }).toEqual({ tokens: 37_658, bytes: 149_442 });
    expect(agreement.difference).toBeLessThan(weights === 'stored' ? 1e-3 : 1e-2);
  });

  it('fails with one clear sentence', async () => {
    const missing = await demo('--model', './nowhere');
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr.trim().split('\n')).toHaveLength(1);
    expect(missing.stderr).toContain('config.json');
    const unknown = await demo('--frobnicate');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('--frobnicate');
    const wrong = await demo('--top-p', '2');
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stderr).toContain('topP: expected');
  });
});

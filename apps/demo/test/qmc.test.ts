import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Outcome, runDemo } from './run-demo.ts';

const demo = (...args: string[]): Promise<Outcome> => runDemo('qmc', args);

describe('the demo of qmc', () => {
  it('shows an integral, points and a process, with the exact values beside them', async () => {
    const { code, stdout } = await demo();
    expect(code).toBe(0);
    expect(stdout).toContain('exactly 2.16830910');
    expect(stdout).toMatch(/Sobol', scrambled +2\.168\d+ ± /);
    expect(stdout).toMatch(/integral 0\.1434\d+, exactly 0\.143432/);
    const figures = [...stdout.matchAll(/figure: (.+\.svg)/g)].map(([, path]) => path as string);
    expect(figures).toHaveLength(3);
    for (const figure of figures) expect(readFileSync(figure, 'utf8')).toMatch(/^<svg [\s\S]+<\/svg>\s*$/);
  });

  it('says the same to machines, and the same seed says the same again', async () => {
    const args = ['--json', '--dimension', '2', '--tolerance', '1e-3', '--seed', '11'];
    const [first, second] = await Promise.all([demo(...args), demo(...args)]);
    const { keister, gaussianProcess } = JSON.parse(first.stdout);
    const [sobol, random] = keister.runs;
    expect(keister.exact).toBeCloseTo(1.80818642926362, 14);
    expect(sobol).toMatchObject({ converged: true });
    expect(sobol.error).toBeLessThan(sobol.bound);
    expect(random.evaluations).toBe(sobol.evaluations);
    expect(random.bound).toBeGreaterThan(sobol.bound);
    expect(gaussianProcess).toMatchObject({ holds: true, small: { n: 16 }, large: { n: 65_536 } });
    expect(JSON.parse(second.stdout).keister.runs[0].mean).toBe(sobol.mean);
  });

  it('fails with one clear sentence', async () => {
    const wrong = await demo('--tolerance', '0');
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr.trim()).toBe('absTol: expected a positive number, got 0');
    const unknown = await demo('--frobnicate');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('--frobnicate');
  });
});

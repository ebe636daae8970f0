import { describe, expect, it } from 'vitest';
import { type Outcome, runDemo } from './run-demo.ts';

const demo = (...args: string[]): Promise<Outcome> => runDemo('lfm2', args);

describe('the demo of lfm2', () => {
  it('continues a prompt and agrees with the reference', async () => {
    const { code, stdout } = await demo('Once upon a time, there was a little fox', '--max-tokens', '60');
    expect(code).toBe(0);
    expect(stdout).toContain('Once upon a time, there was a little fox');
    expect(stdout).toMatch(/\d+ tokens at \d+ tokens\/s/);
    expect(stdout).toMatch(/Q4_K_M against the reference .*: holds/);
  });

  it('says the same to machines, and the same seed says the same again', async () => {
    const args = ['The dog', '--json', '--max-tokens', '30', '--seed', '7', '--variant', 'simd', '--format', 'Q4_0'];
    const [a, b] = [await demo(...args), await demo(...args)];
    const [first, second] = [JSON.parse(a.stdout), JSON.parse(b.stdout)];
    expect(first.agreement).toMatchObject({ holds: true });
    expect(first.tokens).toBe(30);
    expect(second.text).toBe(first.text);
  });

  it.each(['stored', 'Q4_0', 'Q4_K_M'])(
    "recomputes the card's bits per byte of %s",
    async (format) => {
      const { code, stdout } = await demo('--held-out', '--json', '--format', format);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ format, bytes: 149_442, agreement: { holds: true } });
    },
    60_000,
  );

  it('fails with one clear sentence', async () => {
    const missing = await demo('--model', './nowhere.gguf');
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr.trim().split('\n')).toHaveLength(1);
    expect(missing.stderr).toContain('nowhere.gguf');
    const wrong = await demo('--top-p', '2');
    expect(wrong.stderr).toContain('topP: expected');
    const format = await demo('--format', 'Q9');
    expect(format.stderr).toContain('format: expected');
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ggufFile } from '@gossamer/testkit/gguf';
import { afterAll, describe, expect, it } from 'vitest';
import { tiny } from './tiny-gguf.ts';

const program = fileURLToPath(new URL('../bin/lfm2.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gossamer-lfm2-'));
const file = join(folder, 'tiny.gguf');
const { spec, data } = tiny();
writeFileSync(file, ggufFile(spec, data));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function lfm2(args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

describe('the command line', { timeout: 60_000 }, () => {
  it('says what a file holds', async () => {
    const { code, stdout } = await lfm2(['inspect', file, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tokens: 60, config: { hiddenSize: 32, ropeTheta: 1e6 } });
    expect((await lfm2(['inspect', file])).stdout).toMatch(/layers +4, attention at 2/);
  });

  it('continues a text, the same for a seed, and says how fast', async () => {
    const args = ['complete', file, '--preset', 'transformers', '--max-tokens', '12', '--seed', '3'];
    const [first, second] = [await lfm2([...args, 'ABC']), await lfm2(args, 'ABC\n')];
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout.startsWith('ABC')).toBe(true);
    expect(second.stdout).toBe(first.stdout);
    expect(first.stderr).toMatch(/read 4 tokens, .*\/s · wrote \d+, .*\/s · memory .* MB/);
  });

  it('answers each line of a pipe', async () => {
    const { code, stdout, stderr } = await lfm2(
      ['chat', file, '--max-tokens', '3', '--seed', '1'],
      'ABC\n/reset\nXYZ\n',
    );
    expect(code).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThanOrEqual(3);
    expect(stderr.match(/wrote/g)).toHaveLength(2);
  });

  it('measures a model', async () => {
    const { code, stdout } = await lfm2(['bench', file, '--prompt', '8', '--tokens', '4', '--runs', '1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/reading 8 +[\d.]+ tokens\/s/);
  });

  it('ends by an interrupt, with the code for it', async () => {
    const args = ['bench', file, '--prompt', '8', '--tokens', '4', '--runs', '1000000'];
    const code = await new Promise((resolve) => {
      const child = execFile(process.execPath, [program, ...args], () => {});
      child.on('exit', (status, signal) => resolve(status ?? signal));
      setTimeout(() => child.kill('SIGINT'), 4000); // long after it has begun
    });
    expect(code).toBe(130);
  });

  it('explains wrong usage in one line', async () => {
    for (const [args, text] of [
      [['frob'], 'expected chat, complete, inspect, bench'],
      [['complete'], 'expected a model'],
      [['complete', './nowhere.gguf', 'x'], 'nowhere.gguf'],
      [['complete', file, '--top-p', '7', 'x'], 'topP: expected'],
      [['complete', file, '--seed', 'x', 'x'], '--seed: expected a number'],
      [['bench', file, '--frob'], '--frob'],
    ] as const) {
      const { code, stderr } = await lfm2(args);
      expect(code).toBe(2);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(text);
    }
    expect(await lfm2(['chat', '--help'])).toMatchObject({ code: 0, stderr: '' });
  });
});

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countTests } from '../src/cargo-report.mjs';
import { sandbox } from './sandbox.ts';

const counts = (root: string): unknown => JSON.parse(readFileSync(join(root, 'test-results/cargo.json'), 'utf8'));

describe('the native tests of a crate', () => {
  it('are counted over all runners', () => {
    const text = [
      'test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
      'test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    ].join('\n');
    expect(countTests(text)).toEqual({ passed: 15, failed: 2, ignored: 1 });
    expect(countTests('error: could not compile')).toEqual({ passed: 0, failed: 0, ignored: 0 });
  });

  it('leave their counts for the totals', () => {
    const { root, run } = sandbox('crate');
    expect(run('cargo-test').status).toBe(0);
    expect(counts(root)).toEqual({ passed: 2, failed: 0 });
  });

  it.each([
    ['fail', '#[test]\nfn fails() {\n    assert!(false);\n}\n'],
    ['are ignored', '#[test]\n#[ignore]\nfn skipped() {}\n'],
    ['do not compile', 'fn broken( {}\n'],
  ])('that %s make a failure', (_, more) => {
    const { root, run } = sandbox('crate');
    writeFileSync(join(root, 'src/lib.rs'), more);
    expect(run('cargo-test').status).toBe(1);
    expect(counts(root)).toEqual({ passed: 0, failed: 1 });
  });
});

it('a crate that wasm-pack refuses is a sentence and no output', () => {
  const { root, run } = sandbox('crate');
  mkdirSync(join(root, 'crate'));
  for (const path of ['Cargo.toml', 'Cargo.lock', 'src']) renameSync(join(root, path), join(root, 'crate', path));
  const { status, text } = run('build');
  expect(status).toBe(1);
  expect(text).toMatch(/^wasm crate: crate\/ does not compile: wasm-pack build .*failed/m);
  expect(text).toContain('crate-type must be cdylib');
  expect(text).not.toMatch(/^\s+at /m);
  expect(existsSync(join(root, 'wasm'))).toBe(false);
});

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from './sandbox.ts';

let box: Sandbox;
const text = (path: string): string => readFileSync(join(box.root, path), 'utf8');

beforeAll(() => {
  box = createSandbox('library');
  mkdirSync(join(box.root, 'kit'));
  writeFileSync(join(box.root, 'kit/old.ts'), '');
  for (const program of ['build', 'tsdown'] as const) {
    const { status, text } = box.run(program);
    expect(status, text).toBe(0);
  }
});
afterAll(() => box.dispose());

it('bundles one file and its declarations for each export', () => {
  expect(box.files('dist').filter((path) => !path.includes('-'))).toEqual([
    'index.d.ts',
    'index.js',
    'more.d.ts',
    'more.js',
  ]);
});

it('leaves private imports to the package and takes the kit in', () => {
  expect(text('dist/index.js')).toMatch(/from "#wasm\/simd"/);
  const bundle = box.files('dist').map((path) => text(`dist/${path}`));
  expect(bundle.join()).not.toContain('@gossamer/');
  expect(text('dist/more.js')).toContain('Math.min');
});

it('declares kit types in place, and asks for the lib that Symbol.dispose needs', () => {
  expect(text('dist/index.d.ts')).toMatch(/^\/\/\/ <reference lib="esnext\.disposable" \/>\n/);
  expect(text('dist/index.d.ts')).toMatch(/interface Limits/);
  expect(text('dist/more.d.ts')).not.toContain('esnext');
});

it('carries exactly the kit sources it was built from, the type-only ones included', () => {
  expect(box.files('kit')).toEqual(['assembly/negate.ts', 'src/deep/clamp.ts', 'src/deep/least.ts', 'src/limits.ts']);
  expect(existsSync(join(box.root, 'kit/old.ts'))).toBe(false);
  expect(text('kit/src/deep/least.ts')).toContain('Math.min');
});

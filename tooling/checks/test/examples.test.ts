import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examples, runExample } from '../src/examples.ts';

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'gossamer-examples-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let line = 0;
const outcome = (code: string, language: 'js' | 'ts' = 'js', model?: string): Promise<string | undefined> => {
  line += 1;
  const [example] = examples(`\`\`\`${language}\n${code}\n\`\`\`\n`);
  if (!example) throw new Error('no example');
  return runExample({ dir }, { ...example, line }, model);
};

it('runs js and ts blocks, and leaves out those that say why', () => {
  const markdown =
    '# a\n```js\n1;\n```\n```ts\n2;\n```\n```js no-run: needs a phone\n3;\n```\n```js no-run\n4;\n```\n```sh\n5\n```\n';
  expect(examples(markdown).map(({ line, language, code }) => [line, language, code.trim()])).toEqual([
    [2, 'js', '1;'],
    [5, 'ts', '2;'],
    [11, 'js', '4;'],
  ]);
});

it('passes what prints as promised, in JavaScript and in TypeScript', async () => {
  expect(await outcome("console.log('a', 1); // → a 1\nconsole.log(2);\nconsole.log(3); // → 3")).toBeUndefined();
  expect(await outcome('const a: number = 1;\nconsole.log(a); // → 1', 'ts')).toBeUndefined();
});

it('catches an example that throws', async () => {
  expect(await outcome("throw new Error('outdated');")).toMatch(/README\.md:\d+: .*outdated/s);
});

it('catches a promise that is not kept, and one kept out of turn', async () => {
  expect(await outcome('console.log(1); // → 2')).toMatch(/promises the line "2", but prints\n1/);
  expect(await outcome('console.log(2);\nconsole.log(1); // → 1\n// → 2')).toMatch(/promises the line "2"/);
});

it('puts the model beside the example', async () => {
  const code = "import { existsSync } from 'node:fs';\nconsole.log(existsSync('model/test')); // → true";
  expect(await outcome(code, 'js', join(import.meta.dirname, '..'))).toBeUndefined();
});

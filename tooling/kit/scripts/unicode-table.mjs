// Writes src/tokenizer/unicode-table.ts from tooling/reference/kit/unicode-classes.json. Run: node scripts/unicode-table.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const { delta, tokenizers } = JSON.parse(
  readFileSync(new URL('../../reference/kit/unicode-classes.json', import.meta.url), 'utf8'),
);
const LAST = 0x10ffff;
const WIDTH = 114;

/** Sets `bit` for the members of a class. */
function mark(flags, pairs, bit) {
  let at = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    at += pairs[i];
    for (const end = at + pairs[i + 1]; at < end; at++) {
      flags[at] |= bit;
    }
  }
}

const flags = new Uint8Array(LAST + 1);
mark(flags, delta.L, 1);
mark(flags, delta.N, 2);
mark(flags, delta.s, 4);
mark(flags, delta.w, 8);
// No other combination occurs; a new one would give `undefined` below and fail the test of the table.
const LETTERS = { 0: 'O', 9: 'L', 2: 'N', 10: 'D', 4: 'S', 8: 'W' };

let runs = '';
for (let start = 0; start <= LAST; ) {
  let end = start + 1;
  while (end <= LAST && flags[end] === flags[start]) end++;
  if (end <= LAST) {
    runs += (end - start === 1 ? '' : (end - start).toString(36)) + LETTERS[flags[start]];
  }
  start = end;
}

const lines = runs.match(new RegExp(`.{1,${WIDTH}}`, 'g')).map((line) => `  '${line}',`);
writeFileSync(
  new URL('../src/tokenizer/unicode-table.ts', import.meta.url),
  `// Written by scripts/unicode-table.mjs; do not edit.

/**
 * The classes of all code points as the regex engine of the Python package tokenizers ${tokenizers} sees them (Unicode 16), as runs
 * from U+0000 on: a length in base 36 (none: 1) and O other, L letter, N number, D number that is a word character, S white
 * space, W word character that is neither letter nor number. All behind the last run is O.
 */
export const CLASS_RUNS: string = [
${lines.join('\n')}
].join('');
`,
);

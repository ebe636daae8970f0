// node data/modules.mjs: joe-kuo-21201.bin → ../directions/1.js … 5.js, which src/joe-kuo.ts loads one by one.
import { mkdir, readFile, writeFile } from 'node:fs/promises';

/** Bytes of the numbers of dimensions 1,025 … 2,048, of those up to 4,096, … and up to 21,201. */
const CHUNKS = [13_500, 31_322, 74_384, 162_306, 102_362];
const NOTICE =
  '// Copyright (c) 2008, Frances Y. Kuo and Stephen Joe. All rights reserved. The licence is in ../data/README.md.';

const packed = await readFile(new URL('joe-kuo-21201.bin', import.meta.url));
const folder = new URL('../directions/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(
  new URL('chunk.d.ts', folder),
  '/** Direction numbers, packed. */\nexport declare const base64: string;\n',
);
let at = 0;
for (const [k, length] of CHUNKS.entries()) {
  const chunk = packed.subarray(at, at + length);
  await writeFile(new URL(`${k + 1}.js`, folder), `${NOTICE}\nexport const base64 = '${chunk.toString('base64')}';\n`);
  at += length;
}
if (at !== packed.length) throw new Error(`joe-kuo-21201.bin: expected ${at} bytes, got ${packed.length}`);

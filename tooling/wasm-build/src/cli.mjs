#!/usr/bin/env node
// gossamer-wasm-build: builds wasm/ of the package in the current folder.
import { basename } from 'node:path';
import { ToolError } from '@gossamer/toolchain/run';
import { build } from './build.mjs';
import { BuildError } from './errors.mjs';

const root = process.cwd();
const started = performance.now();
try {
  const { fresh, sizes } = await build(root, console.log);
  const said = Object.entries(sizes).map(([name, bytes]) => `${name} ${(bytes / 1000).toFixed(1)} kB`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    fresh ? `wasm ${basename(root)}: up to date` : `wasm ${basename(root)}: ${said.join(', ')} (${seconds} s)`,
  );
} catch (error) {
  if (!(error instanceof BuildError || error instanceof ToolError)) throw error;
  console.error(`wasm ${basename(root)}: ${error.message}`);
  process.exitCode = 1;
}

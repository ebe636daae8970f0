// @ts-check
import { nodeBinary } from '@gossamer/toolchain/node';
import { reportOf } from '../host.mjs';

/** Node runs the installed package as it is. Relaxed SIMD came with V8 11.4, after Node 20. */
export const hosts = [20, 22, 24].map((major) => ({
  name: `Node ${major}`,
  relaxed: major > 20,
  run: async (/** @type {import('../project.mjs').Project} */ { dir }) =>
    reportOf(await nodeBinary(major), 'node.mjs', dir),
}));

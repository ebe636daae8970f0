// @ts-check
import { nodeBinary } from '@gossamer/toolchain/node';
import { reportOf } from '../host.mjs';

/** @type {import('../host.mjs').Host[]} */
export const hosts = [
  {
    name: 'Node 24 worker thread',
    relaxed: true,
    run: async ({ dir }) => reportOf(await nodeBinary(24), 'node-worker.mjs', dir),
  },
];

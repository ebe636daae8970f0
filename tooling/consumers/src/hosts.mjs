// @ts-check
import { hosts as chromium } from './hosts/chromium.mjs';
import { hosts as esbuild } from './hosts/esbuild.mjs';
import { hosts as node } from './hosts/node.mjs';
import { hosts as nodeWorker } from './hosts/node-worker.mjs';
import { hosts as workerd } from './hosts/workerd.mjs';

/** Every host a package must run on. A new one is one file in hosts/ and one line here. @type {import('./host.mjs').Host[]} */
export const hosts = [...node, ...nodeWorker, ...esbuild, ...chromium, ...workerd];

// Native llama.cpp through node-llama-cpp, one thread, in a process of its own: with the backend that it picks for this CPU, or
// with the AVX2 one alone.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '@gossamer/toolchain/cache';
import { run } from '@gossamer/toolchain/run';
import { PeerProcess } from './process.mjs';

const VERSION = '3.21.1';
const BINARIES = `@node-llama-cpp/${process.platform === 'linux' ? 'linux-x64' : `${process.platform}-${process.arch}`}`;
const PEER = fileURLToPath(new URL('llama-peer.mjs', import.meta.url));
/** ggml's name for what is compiled for AVX2, FMA and F16C. */
const AVX2 = 'haswell';

/**
 * @param {'best' | 'avx2'} backend
 * @param {(line: string) => void} log
 * @throws when there are no binaries for this platform
 */
export async function startLlama(backend, log) {
  const folder = await cached(`node-llama-cpp-${VERSION}-${backend}`, async (root) => {
    log(`llama.cpp: fetching node-llama-cpp ${VERSION} (${backend})`);
    // Its optional packages are binaries for GPUs and other systems, 700 MB of them.
    const flags = ['--prefix', root, '--ignore-scripts', '--omit=optional', '--no-save', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, `node-llama-cpp@${VERSION}`, `${BINARIES}@${VERSION}`]);
    if (backend === 'avx2') await keepOnly(AVX2, join(root, 'node_modules', BINARIES, 'bins'));
  });
  const peer = new PeerProcess(process.execPath, [PEER, folder], `llama.cpp (${backend})`);
  const { release } = await peer.start();
  return {
    name: `llama.cpp ${release}, ${backend === 'avx2' ? 'AVX2 backend' : 'best backend'}`,
    call: (method, params) => peer.call(method, params),
    stop: () => peer.stop(),
  };
}

/** Removes the backends for other CPUs, so that ggml cannot pick one. */
async function keepOnly(name, bins) {
  for (const entry of await readdir(bins, { recursive: true, withFileTypes: true })) {
    const other = /^(?:lib)?ggml-cpu-/.test(entry.name) && !entry.name.includes(`ggml-cpu-${name}.`);
    if (other) await rm(join(entry.parentPath, entry.name));
  }
}

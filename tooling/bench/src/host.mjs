// What the figures were measured on. Hosts differ by more than a factor of two, so no figure goes without it.
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release } from 'node:os';

/** Flags that decide which code an engine or a native library picks. */
const TELLING_FLAGS = /^(sse4_1|ssse3|avx|avx2|avx_vnni|fma|f16c|avx512\w*|amx\w*|asimd\w*|sve\w*|bf16|i8mm)$/;

/**
 * @typedef {{ cpu: string, cores: number, flags: string[], node: string, os: string, threads: 1 }} Host
 */

/** @returns {Host} */
export function describeHost() {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? arch(),
    cores: processors.length,
    flags: cpuFlags(),
    node: process.version,
    os: `${platform()} ${release()} ${arch()}`,
    threads: 1,
  };
}

/** One line for a row. @param {Host} host */
export const hostLine = ({ cpu, node }) => `${cpu}, Node ${node}, 1 thread`;

/** Linux alone tells; elsewhere the list is empty and the CPU's model has to do. */
function cpuFlags() {
  if (platform() !== 'linux') return [];
  return parseFlags(readFileSync('/proc/cpuinfo', 'utf8'));
}

/** @param {string} cpuinfo @returns {string[]} */
export function parseFlags(cpuinfo) {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  return line.split(/\s+/).filter((flag) => TELLING_FLAGS.test(flag));
}

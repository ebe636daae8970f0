// bench [package] [--quick] [--only section]: measures one package, or all of them one after the other.
// Exit code: 0 when every row was measured, 3 when a peer was not available, 1 when something is wrong.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FULL, Harness, QUICK } from './harness.mjs';
import { describeHost, hostLine } from './host.mjs';
import { Peers } from './peers.mjs';
import { checkRow } from './rows.mjs';
import { formatTable } from './table.mjs';

const PEER_MISSING = 3;
/** Processes that compute beside a run; from here on the intervals grow wide and the limits lose their meaning. */
const BUSY = 0.5;
const RESULTS = new URL('../results/', import.meta.url);
const PACKAGES = new URL('packages/', import.meta.url);

/**
 * @typedef {object} Context what a section gets
 * @property {Harness} harness
 * @property {Peers} peers
 * @property {string} host for the rows
 * @property {boolean} quick smaller work, for the development of a section
 * @property {(line: string) => void} log
 * @property {(name: string, contents: string) => Promise<void>} save writes a file beside the results
 */
/** @typedef {Record<string, (context: Context) => Promise<import('./rows.mjs').Row[]>>} Sections by name, in order */

const log = (line) => process.stderr.write(`  ${line}\n`);

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

const known = (await readdir(PACKAGES)).filter((name) => name.endsWith('.mjs')).map((name) => name.slice(0, -4));
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`no benchmarks for ${unknown}: expected ${known.join(', ')}\n`);
  process.exit(1);
}
for (const name of positionals.length > 0 ? positionals : known) await benchmark(name);

async function benchmark(name) {
  /** @type {{ sections: Sections }} */
  const { sections } = await import(new URL(`${name}.mjs`, PACKAGES).href);
  if (options.only !== undefined && !(options.only in sections)) {
    throw new Error(`--only ${options.only}: expected one of ${Object.keys(sections).join(', ')}`);
  }
  const host = describeHost();
  console.log(`${name}: ${host.cpu}, ${host.cores} cores (one used), ${host.os}, Node ${host.node}`);
  console.log(`flags: ${host.flags.join(' ') || 'unknown'}\n`);
  const load = loadavg()[0];
  if (load > BUSY) log(`the machine is busy (load ${load.toFixed(1)}): figures will be low and intervals wide`);
  const peers = new Peers(log);
  const { quick } = options;
  /** @type {Context} */
  const context = { harness: new Harness(quick ? QUICK : FULL, log), peers, host: hostLine(host), quick, log, save };
  const report = { package: name, date: new Date().toISOString(), complete: false, host, load, missing: [], rows: [] };
  const wanted = Object.keys(sections).filter((section) => options.only === undefined || options.only === section);
  try {
    for (const section of wanted) {
      log(section);
      const rows = await sections[section](context);
      for (const row of rows) checkRow(row);
      report.rows.push(...rows);
      report.missing = [...peers.missing.keys()];
      report.complete = !quick && options.only === undefined && section === wanted.at(-1);
      // after every section: an error in a late one must not lose the others
      await save(`${name}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
      console.log(`${formatTable(rows)}\n`);
    }
  } finally {
    await peers.stop();
  }
  for (const [peer, reason] of peers.missing) console.log(`${peer} not available: ${reason}`);
  if (peers.missing.size > 0) process.exitCode = PEER_MISSING;
}

async function save(name, contents) {
  await mkdir(RESULTS, { recursive: true });
  await writeFile(new URL(name, RESULTS), contents);
  log(`wrote ${fileURLToPath(new URL(name, RESULTS))}`);
}

// Loading a file that is in the system's cache, beside reading it, and what it takes in memory.
import { open, stat } from 'node:fs/promises';
import { Lfm2Model } from '@gossamer/lfm2';
import { timed } from '../../harness.mjs';
import { factRow, measuredRow } from '../../rows.mjs';
import { modelFile } from './model-file.mjs';

const STEP = 2 ** 22;

/** @param {import('../../cli.mjs').Context} context */
export async function loading({ harness, host, log }) {
  const rows = [];
  for (const mix of ['Q4_0', 'Q4_K_M']) {
    const file = await modelFile(mix, log);
    const { size } = await stat(file);
    let memory = 0;
    const load = async () => {
      const model = await Lfm2Model.load(file);
      memory = model.memoryBytes;
      model.dispose();
    };
    const read = async () => {
      const handle = await open(file);
      const block = new Uint8Array(STEP);
      for (let at = 0; at < size; at += STEP) await handle.read(block, 0, STEP, at);
      await handle.close();
    };
    const [ours, reading] = await harness.compare(`loading ${mix}`, [
      { name: 'load', work: size, long: true, check: load, time: timed(load) },
      { name: 'read', work: size, long: true, check: read, time: timed(read) },
    ]);
    const work = `loading LFM2-350M ${mix}, ${(size / 1e6).toFixed(0)} MB in the file cache`;
    rows.push(
      measuredRow({ id: `load-${mix.toLowerCase()}`, work, unit: 'GB/s', host, ours, limit: { samples: reading } }),
      factRow({
        id: `memory-${mix.toLowerCase()}`,
        work: `wasm memory ÷ file, ${mix}`,
        unit: '×',
        value: memory / size,
        budget: 1.15,
        host,
      }),
    );
  }
  return rows;
}

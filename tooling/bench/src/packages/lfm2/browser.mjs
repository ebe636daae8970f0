// The same file in Chromium: ours beside wllama in one page, one thread each.
import { measuredRow } from '../../rows.mjs';
import { prompt, STEPS } from './contenders.mjs';
import { modelFile } from './model-file.mjs';

/** wllama reads a few tokens a second. */
const PROMPT = 64;

/** @param {import('../../cli.mjs').Context} context */
export async function browser({ harness, peers, host, log }) {
  const file = await modelFile('Q4_0', log);
  const chromium = await peers.chromium();
  if ('unavailable' in chromium) return [];
  const address = chromium.offer(file);
  for (const name of ['ours', 'wllama']) {
    await chromium.call('load', name, address, { cache: 'f16', context: 1024 });
    log(`${name}: loaded in Chromium ${chromium.version}`);
  }
  const rows = [];
  for (const phase of ['prefill', 'decode']) {
    const ids = prompt(PROMPT);
    const contenders = ['ours', 'wllama'].map((name) => ({
      name,
      work: phase === 'prefill' ? PROMPT : STEPS,
      long: true,
      check: () => chromium.call('prefill', name, ids),
      time: () => chromium.call(phase, name, phase === 'prefill' ? ids : STEPS),
    }));
    const [ours, peer] = await harness.compare(`Chromium ${phase}`, contenders);
    rows.push(
      measuredRow({
        id: `chromium-${phase}`,
        work: `LFM2-350M Q4_0 in Chromium ${chromium.version}, ${phase === 'prefill' ? `reading ${PROMPT} tokens` : `writing on from ${PROMPT}`}`,
        unit: 'tok/s',
        host,
        ours,
        peerName: chromium.name,
        peer,
      }),
    );
  }
  return rows;
}

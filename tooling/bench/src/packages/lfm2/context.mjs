// What a long text costs: writing on from 4,096 tokens with the q8 cache, beside writing on from 64, and native llama.cpp.
import { factRow, measuredRow } from '../../rows.mjs';
import { median } from '../../statistics.mjs';
import { llamaDecode, OurModel, prompt } from './contenders.mjs';
import { modelFile } from './model-file.mjs';

/** @param {import('../../cli.mjs').Context} context */
export async function context({ harness, peers, host, quick, log }) {
  const length = quick ? 1024 : 4096;
  const file = await modelFile('Q4_0', log);
  const ours = await OurModel.load(file, { cache: 'q8' });
  const long = await OurModel.load(file, { cache: 'q8' });
  const llama = await peers.llama('avx2');
  const available = !('unavailable' in llama);
  if (available) await llama.call('load', { file, contextSize: length + 512 });
  const contenders = [
    ours.decode('from 64 tokens', prompt(64)),
    long.decode(`from ${length} tokens`, prompt(length)),
    ...(available ? [llamaDecode(llama.name, llama, prompt(length))] : []),
  ];
  const samples = await harness.compare(`decode at ${length}`, contenders);
  ours.dispose();
  long.dispose();
  const [near, far] = [samples[0], samples[1]].map(({ seconds }) => median(seconds));
  return [
    measuredRow({
      id: 'decode-long',
      work: `LFM2-350M Q4_0, q8 cache, writing on from ${length} tokens`,
      unit: 'tok/s',
      host,
      ours: samples[1],
      peerName: llama.name ?? 'llama.cpp',
      peer: available ? samples[2] : llama,
    }),
    factRow({
      id: 'decode-long-share',
      work: `speed from ${length} tokens ÷ speed from 64`,
      unit: '×',
      value: near / far,
      host,
    }),
  ];
}

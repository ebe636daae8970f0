// Files of the shape of LFM2-350M, ours in both builds beside native llama.cpp with its AVX2 backend alone and with its best one.
import { measuredRow } from '../../rows.mjs';
import { llamaDecode, llamaPrefill, OurModel, prompt } from './contenders.mjs';
import { modelFile } from './model-file.mjs';

const MIXES = ['Q4_0', 'Q4_K_M'];
const BACKENDS = ['avx2', 'best'];
const BUILDS = ['relaxed', 'simd'];
const CONTEXT = 64;

/** @param {import('../../cli.mjs').Context} context */
export async function model({ harness, peers, host, quick, log }) {
  const rows = [];
  for (const mix of MIXES) {
    const file = await modelFile(mix, log);
    const llamas = [];
    for (const backend of BACKENDS) llamas.push(await peers.llama(backend));
    for (const llama of llamas) if (!('unavailable' in llama)) await llama.call('load', { file, contextSize: 1024 });
    const ours = [];
    for (const variant of BUILDS) ours.push(await OurModel.load(file, { variant }));
    const here = llamas.filter((llama) => !('unavailable' in llama));
    const agreement = here.length > 0 ? await agree(ours[0], here[0]) : undefined;
    for (const phase of ['prefill', 'decode']) {
      const ids = prompt(phase === 'decode' ? CONTEXT : quick ? 128 : 512);
      const [own, native] = phase === 'decode' ? ['decode', llamaDecode] : ['prefill', llamaPrefill];
      const contenders = [
        ...ours.map((each, i) => each[own](`ours, ${BUILDS[i]}`, ids)),
        ...here.map((llama) => native(llama.name, llama, ids)),
      ];
      const samples = await harness.compare(`LFM2-350M ${mix} ${phase}`, contenders);
      for (const [i, build] of BUILDS.entries()) {
        for (const [j, llama] of llamas.entries()) {
          const at = here.indexOf(llama);
          rows.push(
            measuredRow({
              id: `${phase}-${mix.toLowerCase()}-${build}-${BACKENDS[j]}`,
              work: `LFM2-350M ${mix}, ${build} build, ${phase === 'decode' ? `writing on from ${CONTEXT} tokens` : `reading ${ids.length} tokens`}`,
              unit: 'tok/s',
              host,
              ours: samples[i],
              peerName: llama.name ?? `llama.cpp, ${BACKENDS[j]}`,
              peer: at < 0 ? llama : samples[BUILDS.length + at],
              ...(j === 0 && agreement ? { note: agreement } : {}),
            }),
          );
        }
      }
    }
    for (const each of ours) each.dispose();
  }
  return rows;
}

/** How the likeliest token and its ln p agree with llama.cpp over a text. @throws when they do not */
async function agree(ours, llama) {
  const ids = prompt(24);
  const theirs = await llama.call('probabilities', { ids, most: 1 });
  let same = 0;
  let largest = 0;
  for (let n = 1; n <= ids.length; n++) {
    const logits = await ours.logits(ids.slice(0, n));
    const [[token, probability]] = theirs[n - 1];
    let [most, sum] = [logits[0], 0];
    for (const logit of logits) most = Math.max(most, logit);
    for (const logit of logits) sum += Math.exp(logit - most);
    same += logits[token] === most ? 1 : 0;
    largest = Math.max(largest, Math.abs(logits[token] - most - Math.log(sum) - Math.log(probability)));
  }
  if (!(largest < 0.5)) throw new Error(`expected llama.cpp's likeliest tokens within 0.5 of ln p, got ${largest}`);
  return `likeliest token equal to llama.cpp's in ${same} of ${ids.length} places, its ln p within ${largest.toFixed(3)}`;
}

// What the Chromium of peers/chromium.mjs runs: our model and wllama's in one page, one thread each.
import { Lfm2Model } from '@gossamer/lfm2';
import { Wllama } from '@wllama/wllama';

const contenders = { ours, wllama };
const loaded = new Map();

globalThis.bench = {
  async load(name, file, options) {
    loaded.set(name, await contenders[name](file, options));
  },
  prefill: (name, ids) => seconds(() => loaded.get(name).prefill(ids)),
  decode: (name, count) => seconds(() => loaded.get(name).decode(count)),
  likeliest: (name) => loaded.get(name).likeliest(),
};

async function ours(file, { cache }) {
  const model = await Lfm2Model.load(new URL(file, location.href), { cache });
  let session = model.session();
  return {
    async prefill(ids) {
      session.dispose();
      session = model.session();
      await session.prefill(ids);
    },
    async decode(count) {
      for await (const _ of session.generate({ preset: 'greedy', maxTokens: count }));
    },
    async likeliest() {
      const logits = await session.logits();
      return logits.indexOf(logits.reduce((most, value) => Math.max(most, value)));
    },
  };
}

async function wllama(file, { context }) {
  const engine = new Wllama({ 'single-thread/wllama.wasm': new URL('wllama.wasm', location.href).href });
  const blob = await (await fetch(file)).blob();
  await engine.loadModel([blob], { n_threads: 1, n_ctx: context, n_batch: 512 });
  await engine.samplingInit({ temp: 0 });
  let last = 0;
  const likeliest = async () => (await engine.getLogits(1))[0].token;
  return {
    async prefill(ids) {
      await engine.kvClear();
      await engine.decode(ids, {});
      last = await likeliest();
    },
    async decode(count) {
      for (let i = 0; i < count; i++) {
        await engine.decode([last], {});
        last = (await engine.samplingSample()).token;
      }
    },
    likeliest,
  };
}

async function seconds(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

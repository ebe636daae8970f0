// Our models and llama.cpp's as contenders: reading a prompt, and writing on.
import { Lfm2Model } from '@gossamer/lfm2';
import { timed } from '../../harness.mjs';

/** Token ids that do not repeat soon. */
export const prompt = (length) => Array.from({ length }, (_, i) => 256 + ((i * 7919) % 60_000));

/** Tokens written per sample. */
export const STEPS = 8;

export class OurModel {
  #model;
  #session;

  static async load(file, options) {
    const ours = new OurModel();
    ours.#model = await Lfm2Model.load(file, options);
    return ours;
  }

  get memoryBytes() {
    return this.#model.memoryBytes;
  }

  /** @param {string} name @param {number[]} ids */
  prefill(name, ids) {
    return { name, work: ids.length, long: true, check: () => this.#read(ids), time: timed(() => this.#read(ids)) };
  }

  /** Goes on behind `ids`, greedily. */
  decode(name, ids) {
    return {
      name,
      work: STEPS,
      long: true,
      check: async () => {
        await this.#read(ids);
        await this.#write();
      },
      time: timed(() => this.#write()),
    };
  }

  /** Ids of the likeliest tokens after `ids`, and ln p of each token of the vocabulary. */
  async logits(ids) {
    await this.#read(ids);
    return this.#session.logits();
  }

  dispose() {
    this.#model.dispose();
  }

  async #read(ids) {
    this.#session?.dispose();
    this.#session = this.#model.session();
    await this.#session.prefill(ids);
  }

  async #write() {
    for await (const _ of this.#session.generate({ preset: 'greedy', maxTokens: STEPS }));
  }
}

/** llama.cpp's process. @param {{ call: (method: string, params: object) => Promise<any> }} llama */
export function llamaPrefill(name, llama, ids) {
  const read = () => llama.call('prefill', { ids });
  return { name, work: ids.length, long: true, check: read, time: read };
}

export function llamaDecode(name, llama, ids) {
  const write = () => llama.call('decode', { count: STEPS });
  const check = async () => {
    await llama.call('prefill', { ids });
    await write();
  };
  return { name, work: STEPS, long: true, check, time: write };
}

// One comparison: every contender proves its result, then all of them are timed in turn, in one process and one run.
// Rounds alternate between the given order and its reverse (AB BA AB …), so a drift of the machine hits both alike.

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {number} work how much one repetition does: FLOP, bytes, tokens
 * @property {() => void | Promise<void>} check throws when the result is not the oracle's
 * @property {(repeats: number) => number | Promise<number>} time seconds for that many repetitions
 * @property {boolean} [long] whether one repetition takes seconds: its check is its warm-up, and it fills a sample
 *
 * @typedef {{ work: number, seconds: number[] }} Samples seconds of one repetition, one sample a round
 *
 * @typedef {object} Effort
 * @property {number} rounds
 * @property {number} sampleSeconds how long a sample lasts at least, by repetition
 * @property {number} warmSeconds
 */

/** @type {Effort} */
export const FULL = { rounds: 15, sampleSeconds: 0.05, warmSeconds: 0.4 };
/** For the development of a benchmark only: too few rounds for an interval. @type {Effort} */
export const QUICK = { rounds: 3, sampleSeconds: 0.01, warmSeconds: 0.05 };

/** @param {Effort} effort */
export class Harness {
  /** @type {Effort} */
  #effort;
  #log;

  /**
   * @param {Effort} effort
   * @param {(line: string) => void} log
   */
  constructor(effort, log) {
    this.#effort = effort;
    this.#log = log;
  }

  /**
   * @param {string} title
   * @param {Contender[]} contenders
   * @param {Partial<Effort>} [effort] what this comparison does differently
   * @returns {Promise<Samples[]>} in the order of the contenders
   */
  async compare(title, contenders, effort = {}) {
    const wanted = { ...this.#effort, ...effort };
    const { rounds } = wanted;
    const started = performance.now();
    for (const { name, check } of contenders) {
      try {
        await check();
      } catch (cause) {
        throw new Error(`${title}: ${name} is wrong, nothing was timed: ${cause.message}`, { cause });
      }
    }
    const repeats = [];
    for (const contender of contenders) repeats.push(contender.long ? 1 : await calibrate(contender, wanted));
    const samples = contenders.map(({ work }) => ({ work, seconds: /** @type {number[]} */ ([]) }));
    for (let round = 0; round < rounds; round++) {
      const order = contenders.map((_, index) => index);
      if (round % 2) order.reverse();
      for (const i of order) samples[i].seconds.push((await contenders[i].time(repeats[i])) / repeats[i]);
    }
    this.#log(`${title}: ${rounds} rounds in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return samples;
  }
}

/** Warms a contender until the engine has had time to optimise it, and finds how many repetitions fill a sample. */
async function calibrate({ time }, { sampleSeconds, warmSeconds }) {
  const until = performance.now() + warmSeconds * 1000;
  let fastest = await time(1);
  while (performance.now() < until) fastest = Math.min(fastest, await time(1));
  return Math.max(1, Math.ceil(sampleSeconds / fastest));
}

/**
 * The `time` of work that runs in this process.
 *
 * @param {() => unknown} work may return a promise
 * @returns {Contender['time']}
 */
export function timed(work) {
  return async (repeats) => {
    const started = performance.now();
    for (let i = 0; i < repeats; i++) {
      const pending = work();
      if (pending instanceof Promise) await pending;
    }
    return (performance.now() - started) / 1000;
  };
}

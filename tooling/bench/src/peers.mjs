// Peers are installed outside the workspace, when the first section asks for one. One that cannot be had spoils only its
// own rows, and the run's exit code.
import { loadOnnxRuntime } from './peers/onnxruntime.mjs';
import { startTorch } from './peers/torch.mjs';

/** @typedef {{ unavailable: string }} Unavailable */

export class Peers {
  #log;
  #onnxRuntime;
  #torch;
  /** Why peers were not available, by name. @type {Map<string, string>} */
  missing = new Map();

  /** @param {(line: string) => void} log */
  constructor(log) {
    this.#log = log;
  }

  /** @returns {Promise<import('./peers/onnxruntime.mjs').OnnxRuntime | Unavailable>} */
  onnxRuntime() {
    this.#onnxRuntime ??= this.#attempt('onnxruntime-web', loadOnnxRuntime);
    return this.#onnxRuntime;
  }

  /** @returns {Promise<import('./peers/torch.mjs').Torch | Unavailable>} */
  torch() {
    this.#torch ??= this.#attempt('PyTorch', startTorch);
    return this.#torch;
  }

  /** Ends the processes that were started. */
  async stop() {
    const torch = await this.#torch;
    if (torch !== undefined && !('unavailable' in torch)) await torch.stop();
  }

  async #attempt(name, load) {
    try {
      return await load(this.#log);
    } catch (error) {
      const [reason] = error.message.split('\n');
      this.missing.set(name, reason);
      return { unavailable: reason };
    }
  }
}

// Peers are installed outside the workspace, when the first section asks for one. One that cannot be had spoils only its
// own rows, and the run's exit code.
import { javascriptPackage } from './peers/javascript.mjs';
import { loadOnnxRuntime } from './peers/onnxruntime.mjs';
import { startQmcPython } from './peers/qmc-python.mjs';
import { startTorch } from './peers/torch.mjs';

/** @typedef {{ unavailable: string }} Unavailable */

export class Peers {
  #log;
  #onnxRuntime;
  #torch;
  #qmcPython;
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

  /** @returns {Promise<import('./peers/qmc-python.mjs').QmcPython | Unavailable>} */
  qmcPython() {
    this.#qmcPython ??= this.#attempt('QMCPy and SciPy', startQmcPython);
    return this.#qmcPython;
  }

  /** A package from npm. @returns {Promise<any>} its exports, or why there are none */
  javascript(name, version) {
    return this.#attempt(name, (log) => javascriptPackage(name, version, log));
  }

  /** Ends the processes that were started. */
  async stop() {
    for (const peer of [await this.#torch, await this.#qmcPython]) {
      if (peer !== undefined && !('unavailable' in peer)) await peer.stop();
    }
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

// Peers are installed outside the workspace, when the first section asks for one. One that cannot be had spoils only its
// own rows, and the run's exit code.
import { startChromium } from './peers/chromium.mjs';
import { javascriptPackage } from './peers/javascript.mjs';
import { startLlama } from './peers/llama.mjs';
import { loadOnnxRuntime } from './peers/onnxruntime.mjs';
import { startQmcPython } from './peers/qmc-python.mjs';
import { startTorch } from './peers/torch.mjs';

/** @typedef {{ unavailable: string }} Unavailable */

export class Peers {
  #log;
  #onnxRuntime;
  #torch;
  #qmcPython;
  #chromium;
  #llama = new Map();
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

  /** Our package and wllama in a browser. @returns {Promise<Awaited<ReturnType<typeof startChromium>> | Unavailable>} */
  chromium() {
    this.#chromium ??= this.#attempt('Chromium with wllama', startChromium);
    return this.#chromium;
  }

  /** @param {'best' | 'avx2'} backend @returns {Promise<Awaited<ReturnType<typeof startLlama>> | Unavailable>} */
  llama(backend) {
    if (!this.#llama.has(backend)) {
      this.#llama.set(
        backend,
        this.#attempt(`llama.cpp (${backend})`, (log) => startLlama(backend, log)),
      );
    }
    return this.#llama.get(backend);
  }

  /** A package from npm. @returns {Promise<any>} its exports, or why there are none */
  javascript(name, version) {
    return this.#attempt(name, (log) => javascriptPackage(name, version, log));
  }

  /** Ends the processes that were started. */
  async stop() {
    const started = await Promise.all([this.#torch, this.#qmcPython, this.#chromium, ...this.#llama.values()]);
    for (const peer of started) {
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

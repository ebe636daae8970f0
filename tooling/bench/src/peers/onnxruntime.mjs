// onnxruntime-web: its WebAssembly provider, one thread, in this process. The published binary uses fixed-width SIMD only.
import { encodeModel } from '../onnx.mjs';
import { javascriptPackage } from './javascript.mjs';

const VERSION = '1.30.0';
/** What the benchmarks print as the name of this peer. */
export const ORT = `onnxruntime-web ${VERSION}`;

const ERRORS_ONLY = 3;

/** @param {(line: string) => void} log @throws when it cannot be installed */
export async function loadOnnxRuntime(log) {
  const { default: ort } = await javascriptPackage('onnxruntime-web', VERSION, log);
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return new OnnxRuntime(ort);
}

export class OnnxRuntime {
  #ort;

  constructor(ort) {
    this.#ort = ort;
  }

  /**
   * Prepares a graph; its constants are packed by the runtime here, before anything is timed.
   *
   * @param {Parameters<typeof encodeModel>[0]} graph with one f32 input and one f32 output that is read
   * @returns {Promise<OnnxGraph>}
   */
  async prepare(graph) {
    const options = { executionProviders: ['wasm'], logSeverityLevel: ERRORS_ONLY };
    const session = await this.#ort.InferenceSession.create(encodeModel(graph), options);
    return new OnnxGraph(this.#ort, session, graph);
  }
}

/** A graph that is ready to run. */
class OnnxGraph {
  #session;
  #tensor;
  #input;
  #output;

  constructor({ Tensor }, session, { inputs, outputs }) {
    const [[input, { shape }]] = Object.entries(inputs);
    this.#session = session;
    this.#tensor = (values) => new Tensor('float32', values, shape);
    this.#input = input;
    [this.#output] = Object.keys(outputs);
  }

  /** @param {Float32Array} values @returns {Promise<Float32Array>} */
  async run(values) {
    const results = await this.#session.run({ [this.#input]: this.#tensor(values) }, [this.#output]);
    return results[this.#output].data;
  }

  /** Gives its memory back, which the runtime's heap of at most 4 GiB needs before the next large graph. */
  async release() {
    await this.#session.release();
  }
}

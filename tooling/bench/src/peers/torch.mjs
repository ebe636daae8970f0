// PyTorch on the CPU, one thread, in a process of its own that is spoken to in lines of JSON over its standard streams.
// Work is timed by its own clock, so the messages cost nothing; arrays travel as raw little-endian files.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cached } from '@gossamer/toolchain/cache';
import { answers, run, ToolError } from '@gossamer/toolchain/run';

const VERSION = '2.8.0';
const NUMPY_VERSION = '2.3.5';
/** An interpreter that has PyTorch already, in place of the environment made here. */
const OVERRIDE = 'GOSSAMER_TORCH_PYTHON';
const PEER = fileURLToPath(new URL('torch_peer.py', import.meta.url));

/** @param {(line: string) => void} log @throws when there is no Python or PyTorch cannot be installed */
export async function startTorch(log) {
  const python = process.env[OVERRIDE] || (await torchEnvironment(log));
  const torch = new Torch(python);
  try {
    await torch.start();
  } catch (error) {
    await torch.stop();
    throw error;
  }
  return torch;
}

async function torchEnvironment(log) {
  const base = (await answers('python3')) ? 'python3' : 'python';
  if (!(await answers(base))) throw new ToolError(`PyTorch needs Python 3: neither python3 nor python starts`);
  const folder = await cached(`torch-${VERSION}`, async (root) => {
    log(
      `torch: installing PyTorch ${VERSION} with pip; on Linux that is several GB unless pip's index has the CPU build`,
    );
    await run(base, ['-m', 'venv', root]);
    const flags = ['install', '--quiet', '--disable-pip-version-check'];
    await run(interpreter(root), ['-m', 'pip', ...flags, `torch==${VERSION}`, `numpy==${NUMPY_VERSION}`]);
  });
  return interpreter(folder);
}

function interpreter(environment) {
  return process.platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}

/** A running peer. Every request is answered before the next is sent. */
export class Torch {
  #process;
  #pending;
  /** Why the process is no longer there. @type {string | undefined} */
  #ended;
  #folder = '';
  #arrays = 0;
  /** What the benchmarks print as the peer's name, set by start(). */
  name = '';

  constructor(python) {
    const one = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
    this.#process = spawn(python, [PEER], { env: { ...process.env, ...one }, stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-2000);
    });
    this.#process.on('error', (cause) => this.#end(`cannot start ${python}: ${cause.message}`));
    this.#process.on('close', (code) => this.#end(`${python} ended with ${code}: ${said.trimEnd()}`));
    this.#process.stdin.on('error', () => {}); // a broken pipe: the process has ended, which is reported above
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#settle(JSON.parse(line)));
  }

  async start() {
    this.#folder = await mkdtemp(join(tmpdir(), 'gossamer-bench-'));
    const { torch, capability } = await this.call('hello', {});
    this.name = `PyTorch ${torch} ${capability}`;
  }

  /**
   * @param {string} method of torch_peer.py
   * @param {Record<string, unknown>} params
   * @returns {Promise<any>} its result
   */
  async call(method, params) {
    if (this.#pending) throw new Error(`${method}: expected one request at a time`);
    if (this.#ended !== undefined) throw new Error(`torch ${method}: ${this.#ended}`);
    const answer = await new Promise((resolve) => {
      this.#pending = resolve;
      this.#process.stdin.write(`${JSON.stringify({ method, params })}\n`);
    });
    if (answer.error !== undefined) throw new Error(`torch ${method}: ${answer.error}`);
    return answer.result;
  }

  /** Hands an array over. @returns {Promise<string>} its path, to be named in a request */
  async send(values) {
    const path = join(this.#folder, `${this.#arrays++}.f32`);
    await writeFile(path, values);
    return path;
  }

  /** Fetches the result of a task that has been run. @returns {Promise<Float32Array>} */
  async fetch(task) {
    const path = join(this.#folder, `${this.#arrays++}.f32`);
    await this.call('save', { task, path });
    const bytes = await readFile(path);
    await rm(path);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }

  /** The `time` of a contender that is a task of the peer. */
  timed(task) {
    return (repeats) => this.call('time', { task, repeats });
  }

  async stop() {
    this.#process.stdin.end();
    if (this.#ended === undefined) await new Promise((resolve) => this.#process.once('close', resolve));
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  #end(reason) {
    this.#ended ??= reason;
    this.#settle({ error: reason });
  }

  #settle(answer) {
    const resolve = this.#pending;
    this.#pending = undefined;
    resolve?.(answer);
  }
}

// A peer in a process of its own, one thread, spoken to in lines of JSON over its standard streams. Work is timed by its own
// clock, so the messages cost nothing; arrays travel as raw little-endian files.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ONE_THREAD = { OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** A running peer. Every request is answered before the next is sent. */
export class PeerProcess {
  #process;
  #pending;
  /** Why the process is no longer there. @type {string | undefined} */
  #ended;
  #folder = '';
  #arrays = 0;
  #label;

  /**
   * @param {string} program
   * @param {string[]} args
   * @param {string} label for errors
   */
  constructor(program, args, label) {
    this.#label = label;
    this.#process = spawn(program, args, {
      env: { ...process.env, ...ONE_THREAD },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let said = '';
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-2000);
    });
    this.#process.on('error', (cause) => this.#end(`cannot start ${program}: ${cause.message}`));
    this.#process.on('close', (code) => this.#end(`${program} ended with ${code}: ${said.trimEnd()}`));
    this.#process.stdin.on('error', () => {}); // a broken pipe: the process has ended, which is reported above
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#settle(JSON.parse(line)));
  }

  /** Waits for it. @returns {Promise<any>} what it says of itself */
  async start() {
    this.#folder = await mkdtemp(join(tmpdir(), 'gossamer-bench-'));
    try {
      return await this.call('hello', {});
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * @param {string} method of the script
   * @param {Record<string, unknown>} params
   * @returns {Promise<any>} its result
   */
  async call(method, params) {
    if (this.#pending) throw new Error(`${method}: expected one request at a time`);
    if (this.#ended !== undefined) throw new Error(`${this.#label} ${method}: ${this.#ended}`);
    const answer = await new Promise((resolve) => {
      this.#pending = resolve;
      this.#process.stdin.write(`${JSON.stringify({ method, params })}\n`);
    });
    if (answer.error !== undefined) throw new Error(`${this.#label} ${method}: ${answer.error}`);
    return answer.result;
  }

  /** Hands an array over. @returns {Promise<string>} its path, to be named in a request */
  async send(values) {
    const path = join(this.#folder, `${this.#arrays++}.bin`);
    await writeFile(path, values);
    return path;
  }

  /** Fetches the result of a task that has been run, which the script writes in the type of the array. */
  async fetch(task, Type = Float32Array) {
    const path = join(this.#folder, `${this.#arrays++}.bin`);
    await this.call('save', { task, path });
    const bytes = await readFile(path);
    await rm(path);
    return new Type(new Uint8Array(bytes).buffer);
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

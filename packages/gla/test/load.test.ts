import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { json, type RawTensor, readCheckpoint, safetensors } from '@gossamer/testkit/checkpoint';
import { describe, expect, it } from 'vitest';
import { GlaError, GlaModel, type SourceInput } from '../src/index.ts';

const models = new URL('./fixtures/models/', import.meta.url);
const single = new URL('f32-tied/', models);
const sharded = new URL('bf16-fused-sharded/', models);
const path = (folder: URL) => fileURLToPath(folder);

/** Logits after a fixed prompt, as proof that a way of loading brought the same weights. */
async function logitsOf(model: GlaModel): Promise<Float32Array> {
  const session = model.session();
  await session.append([3, 1, 4, 1, 5]);
  const logits = session.logits();
  model.dispose();
  return logits;
}

function filesOf(folder: URL, make: (path: string) => SourceInput): Record<string, SourceInput> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, make(fileURLToPath(new URL(name, folder)))]));
}

async function refused(files: Record<string, SourceInput>): Promise<GlaError> {
  const error = await GlaModel.load(files).then(
    (model) => model.dispose(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GlaError);
  return error as GlaError;
}

/** A checkpoint with one thing changed. */
function changed(
  configure: Record<string, unknown>,
  edit: (tensors: Map<string, RawTensor>) => void = () => {},
): Record<string, SourceInput> {
  const { config, tensors } = readCheckpoint(single);
  edit(tensors);
  return { 'config.json': json({ ...config, ...configure }), 'model.safetensors': safetensors(tensors) };
}

describe('ways to load', () => {
  it.each([
    ['single', single],
    ['sharded', sharded],
  ])('gives the same weights from a path, bytes, Blobs, streams and URLs: %s', async (_, folder) => {
    const want = await logitsOf(await GlaModel.load(path(folder), { variant: 'simd' }));
    const ways: Array<(file: string) => SourceInput> = [
      (file) => new Uint8Array(readFileSync(file)),
      (file) => new Blob([new Uint8Array(readFileSync(file))]),
      (file) => Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>,
      (file) => file,
    ];
    for (const way of ways) {
      expect(await logitsOf(await GlaModel.load(filesOf(folder, way), { variant: 'simd' }))).toEqual(want);
    }
    const server = createServer((request, response) => {
      const file = new URL(`.${request.url}`, folder);
      try {
        const body = readFileSync(file);
        const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
        if (range === null) return void response.writeHead(200, { 'content-length': body.length }).end(body);
        const [begin, end] = [Number(range[1]), range[2] ? Number(range[2]) : body.length - 1];
        const part = body.subarray(begin, end + 1);
        const contentRange = `bytes ${begin}-${begin + part.length - 1}/${body.length}`;
        response.writeHead(206, { 'content-range': contentRange, 'content-length': part.length }).end(part);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await logitsOf(await GlaModel.load(url, { variant: 'simd' }))).toEqual(want);
    server.close();
  });

  it('reports progress to the last byte', async () => {
    const seen: number[] = [];
    const model = await GlaModel.load(path(sharded), { onProgress: ({ loaded }) => seen.push(loaded) });
    model.dispose();
    const bytes = readdirSync(sharded)
      .filter((name) => name.endsWith('.safetensors'))
      .reduce((sum, name) => sum + readFileSync(new URL(name, sharded)).length, 0);
    expect(seen.at(-1)).toBe(bytes);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('stops when it is aborted', async () => {
    const reason = new Error('changed my mind');
    const control = new AbortController();
    const load = GlaModel.load(path(single), { signal: control.signal, onProgress: () => control.abort(reason) });
    await expect(load).rejects.toBe(reason);
    await expect(GlaModel.load(path(single), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('takes int8 weights from every stored type', async () => {
    for (const name of ['f32-tied', 'bf16-odd-sizes', 'f16-conv-groups']) {
      for (const weights of ['int8', 'int8x32'] as const) {
        const model = await GlaModel.load(path(new URL(name, models)), { weights });
        const { logProbs } = await model.score([1, 2, 3, 4, 5, 6, 7, 8]);
        expect(logProbs.every((value) => Number.isFinite(value) && value < 0)).toBe(true);
        model.dispose();
      }
    }
  });
});

describe('bad files', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a hybrid model', { attn: { layers: [1] } }, 'unsupported', 'attn: expected null'],
    ['a value gate', { use_gv: true }, 'unsupported', 'use_gv: expected false, got true'],
    ['no key gate', { use_gk: false }, 'unsupported', 'use_gk'],
    ['another residual scheme', { attnres_block_size: 2 }, 'unsupported', 'attnres_block_size'],
    ['another model', { model_type: 'llama' }, 'unsupported', 'got "llama"'],
    ['another activation', { hidden_act: 'gelu' }, 'unsupported', 'hidden_act'],
    ['a size that is no number', { hidden_size: 'big' }, 'bad-file', 'hidden_size: expected an integer'],
    ['no layers', { num_hidden_layers: 0 }, 'bad-file', 'num_hidden_layers'],
    ['a huge vocabulary', { vocab_size: 2 ** 40 }, 'bad-file', 'vocab_size: expected an integer from 1 to 16777216'],
    ['a vocabulary that the tensors do not have', { vocab_size: 2 ** 24 }, 'bad-file', 'expected shape [16777216, 32]'],
    ['an epsilon that is null-like text', { norm_eps: 'NaN' }, 'bad-file', 'norm_eps: expected a finite number'],
    ['heads that do not divide', { num_heads: 7 }, 'bad-shape', 'expandK'],
    ['an end token outside the vocabulary', { eos_token_id: 96 }, 'bad-file', 'eos_token_id'],
    [
      'more layers than tensors',
      { num_hidden_layers: 3 },
      'bad-file',
      'missing tensors: model.layers.2.attn_norm.weight',
    ],
    ['fewer layers than tensors', { num_hidden_layers: 1 }, 'bad-file', 'unexpected tensors: model.layers.1.'],
    ['an untied head that is not there', { tie_word_embeddings: false }, 'bad-file', 'missing tensors: lm_head.weight'],
  ])('refuses a config with %s', async (_, config, code, text) => {
    const error = await refused(changed(config));
    expect(error.message).toContain(text);
    expect(error.code).toBe(code);
  });

  it('refuses a config that is no JSON object', async () => {
    const { 'model.safetensors': model } = changed({}) as { 'model.safetensors': SourceInput };
    for (const text of ['', '[]', 'null', '{"a":', 'NaN']) {
      const error = await refused({ 'config.json': new TextEncoder().encode(text), 'model.safetensors': model });
      expect(error.code).toBe('bad-file');
      expect(error.message).toContain('config.json');
    }
  });

  const norm = 'model.norm.weight';
  it.each<[string, (tensors: Map<string, RawTensor>) => void, string, string]>([
    ['a missing tensor', (t) => t.delete(norm), 'bad-file', `missing tensors: ${norm}`],
    [
      'an extra tensor',
      (t) => t.set('extra', { dtype: 'F32', shape: [0], bytes: new Uint8Array(0) }),
      'bad-file',
      'extra',
    ],
    [
      'a wrong shape',
      (t) => t.set(norm, { dtype: 'F32', shape: [2, 16], bytes: new Uint8Array(128) }),
      'bad-file',
      'expected shape [32], got [2, 16]',
    ],
    [
      'a type of integers',
      (t) => t.set(norm, { dtype: 'I32', shape: [32], bytes: new Uint8Array(128) }),
      'unsupported',
      'expected a type of F32, BF16, F16, got I32',
    ],
    [
      'NaN',
      (t) => new Float32Array(t.get(norm)?.bytes.buffer as ArrayBuffer).fill(Number.NaN, 31),
      'bad-file',
      `${norm}: expected finite numbers`,
    ],
  ])('refuses a checkpoint with %s', async (_, edit, code, text) => {
    const error = await refused(changed({}, edit));
    expect(error.message).toContain(text);
    expect(error.code).toBe(code);
  });

  it('refuses truncated files, wherever they end', async () => {
    const files = changed({});
    const whole = files['model.safetensors'] as Uint8Array;
    for (const length of [0, 7, 8, 100, whole.length - 1]) {
      const error = await refused({ ...files, 'model.safetensors': whole.slice(0, length) });
      expect(['bad-file', 'truncated']).toContain(error.code);
    }
    const short = new Blob([new Uint8Array(whole.subarray(0, whole.length - 1))]).stream();
    expect((await refused({ ...files, 'model.safetensors': short })).code).toBe('truncated');
    const long = new Blob([new Uint8Array(whole), new Uint8Array(1)]).stream();
    expect((await refused({ ...files, 'model.safetensors': long })).message).toContain('according to the header');
  });

  it('says which file is not there', async () => {
    expect((await refused({})).message).toContain('config.json');
    const { 'config.json': config } = changed({}) as { 'config.json': SourceInput };
    expect((await refused({ 'config.json': config })).message).toContain('model.safetensors.index.json');
  });

  it('refuses what cannot fit, with the number, before it reads or allocates any of it', async () => {
    const h = 2 ** 15;
    const tensors: Record<string, { dtype: string; shape: number[] }> = {};
    const vector = (name: string, ...shape: number[]) => {
      tensors[name] = { dtype: 'F32', shape };
    };
    vector('model.embeddings.weight', 64, h);
    for (const [name, ...shape] of [
      ['attn_norm.weight', h],
      ['attn.q_proj.weight', h / 2, h],
      ['attn.k_proj.weight', h / 2, h],
      ['attn.v_proj.weight', h, h],
      ['attn.g_proj.weight', h, h],
      ['attn.gk_proj.0.weight', 16, h],
      ['attn.gk_proj.1.weight', h / 2, 16],
      ['attn.gk_proj.1.bias', h / 2],
      ['attn.g_norm_swish_gate.weight', h / 4],
      ['attn.o_proj.weight', h, h],
      ['mlp_norm.weight', h],
      ['mlp.gate_proj.weight', 64, h],
      ['mlp.up_proj.weight', 64, h],
      ['mlp.down_proj.weight', h, 64],
    ] as Array<[string, ...number[]]>) {
      vector(`model.layers.0.${name}`, ...shape);
    }
    vector('model.norm.weight', h);
    const header: Record<string, unknown> = {};
    let at = 0;
    for (const [name, { dtype, shape }] of Object.entries(tensors)) {
      const bytes = 4 * shape.reduce((product, size) => product * size, 1);
      header[name] = { dtype, shape, data_offsets: [at, at + bytes] };
      at += bytes;
    }
    const text = json(header);
    let read = 0;
    const start: Uint8Array = new Uint8Array(8 + text.length);
    new DataView(start.buffer).setBigUint64(0, BigInt(text.length), true);
    start.set(text, 8);
    const source = {
      size: start.length + at,
      sequential: false,
      async read(offset: number, length: number, into: Uint8Array = new Uint8Array(length)) {
        read = Math.max(read, offset + length);
        into.set(start.subarray(offset, offset + length));
        return into;
      },
      async readSome(offset: number, into: Uint8Array) {
        await this.read(offset, into.length, into);
        return into.length;
      },
      async close() {},
    };
    const config = {
      hidden_size: h,
      num_hidden_layers: 1,
      vocab_size: 64,
      intermediate_size: 64,
      tie_word_embeddings: true,
    };
    const error = await refused({ 'config.json': json(config), 'model.safetensors': source });
    expect(error.code).toBe('out-of-memory');
    expect(error.message).toMatch(/\d{10,} bytes are needed/);
    expect(read).toBeLessThanOrEqual(start.length);
  });

  it('keeps no memory of a load that failed', async () => {
    const bad = changed({}, (t) => new Float32Array(t.get(norm)?.bytes.buffer as ArrayBuffer).fill(Number.NaN));
    for (let i = 0; i < 300; i++) await refused(bad); // 300 memories of ~30 MB would not fit
    (await GlaModel.load(path(single))).dispose();
  });
});

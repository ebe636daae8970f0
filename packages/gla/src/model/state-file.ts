import { GlaError } from '../errors.ts';
import type { GlaConfig } from './config.ts';
import { modelStateLength } from './network.ts';

/** A session as it is saved. */
export interface SavedSession {
  readonly position: number;
  /** One byte per token of the vocabulary: whether the text contains it. */
  readonly seen: Uint8Array;
  readonly logits: Float32Array | undefined;
  readonly state: Float32Array;
}

const MAGIC = 0x53414c47; // "GLAS", little-endian
const VERSION = 1;

/** Header: magic, version, then the sizes that two models must share, position (f64) and whether logits follow. */
const HEADER = 48;

/** What must be equal for a state to mean the same: layers, kvHeads, K, V, conv taps, vocabulary. */
function fingerprint({ layer, layers, vocabSize }: GlaConfig): number[] {
  return [layers, layer.kvHeads, layer.keySize, layer.valueSize, layer.convSize ?? 0, vocabSize];
}

/** All numbers little-endian: header, then seen as bits, logits (f32), state (f32). */
export function packState(config: GlaConfig, { position, seen, logits, state }: SavedSession): Uint8Array {
  const bits = Math.ceil(seen.length / 8);
  const bytes = new Uint8Array(HEADER + bits + (logits === undefined ? 0 : logits.length * 4) + state.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of [MAGIC, VERSION, ...fingerprint(config)].entries()) view.setUint32(i * 4, value, true);
  view.setFloat64(32, position, true);
  view.setUint32(40, logits === undefined ? 0 : 1, true);
  for (let i = 0; i < seen.length; i++) {
    const at = HEADER + (i >> 3);
    bytes[at] = (bytes[at] as number) | ((seen[i] as number) << (i & 7));
  }
  let at = HEADER + bits;
  for (const values of logits === undefined ? [state] : [logits, state]) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** @throws `bad-file` with what was expected and what came. */
export function unpackState(config: GlaConfig, bytes: Uint8Array): SavedSession {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('restore: expected the Uint8Array that save() returned');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bad = (what: string, expected: unknown, got: unknown) =>
    new GlaError('bad-file', `saved session: ${what}: expected ${expected}, got ${got}`);
  if (bytes.length < HEADER) throw bad('length', `at least ${HEADER} bytes`, bytes.length);
  const names = ['magic', 'version', 'layers', 'kvHeads', 'keySize', 'valueSize', 'convSize', 'vocabSize'];
  for (const [i, expected] of [MAGIC, VERSION, ...fingerprint(config)].entries()) {
    const got = view.getUint32(i * 4, true);
    if (got !== expected) throw bad(names[i] as string, expected, got);
  }
  const position = view.getFloat64(32, true);
  const withLogits = view.getUint32(40, true);
  if (!Number.isSafeInteger(position) || position < 0) throw bad('position', 'a whole number', position);
  if (withLogits > 1 || withLogits !== +(position > 0)) throw bad('logits flag', +(position > 0), withLogits);
  const { vocabSize } = config;
  const bits = Math.ceil(vocabSize / 8);
  const stateLength = modelStateLength(config);
  const length = HEADER + bits + withLogits * vocabSize * 4 + stateLength * 4;
  if (bytes.length !== length) throw bad('length', `${length} bytes`, bytes.length);
  const floats = (at: number, count: number) =>
    Float32Array.from({ length: count }, (_, i) => view.getFloat32(at + i * 4, true));
  const seen = Uint8Array.from({ length: vocabSize }, (_, i) => ((bytes[HEADER + (i >> 3)] as number) >> (i & 7)) & 1);
  const at = HEADER + bits;
  return {
    position,
    seen,
    logits: withLogits === 1 ? floats(at, vocabSize) : undefined,
    state: floats(at + withLogits * vocabSize * 4, stateLength),
  };
}

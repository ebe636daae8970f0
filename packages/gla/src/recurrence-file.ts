import { show } from '@gossamer/kit/errors';
import { GlaError } from './errors.ts';
import { type CheckedShape, checkShape, stateElements } from './recurrence-shape.ts';

/*
 * A saved recurrence, little-endian: 'GSRS' · u16 version · u8 method · u8 dtype · u32 sequences, heads, kvHeads, keySize,
 * valueSize · u32 zero · f64 scale · states (N, Hkv, K, V).
 */
const MAGIC = 0x53525347; // 'GSRS'
const VERSION = 1;
const METHOD_GLA = 1;
const DTYPE_F32 = 0;
const HEADER = 40;

/** @param states the states as they lie in wasm memory, which is little-endian on every host. */
export function encodeRecurrence(shape: CheckedShape, scale: number, states: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + states.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint8(6, METHOD_GLA);
  view.setUint8(7, DTYPE_F32);
  const { sequences, heads, kvHeads, keySize, valueSize } = shape;
  [sequences, heads, kvHeads, keySize, valueSize, 0].forEach((size, i) => {
    view.setUint32(8 + 4 * i, size, true);
  });
  view.setFloat64(32, scale, true);
  bytes.set(states, HEADER);
  return bytes;
}

/** @throws `bad-file` */
export function decodeRecurrence(bytes: Uint8Array): { shape: CheckedShape; scale: number; states: Uint8Array } {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`bytes: expected a Uint8Array, got ${show(bytes)}`);
  if (bytes.length < HEADER) throw bad(`a header of ${HEADER} bytes`, `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const expect = (what: string, expected: number, got: number) => {
    if (got !== expected) throw bad(`${what} ${expected}`, String(got));
  };
  expect('magic number', MAGIC, view.getUint32(0, true));
  expect('version', VERSION, view.getUint16(4, true));
  expect('method', METHOD_GLA, view.getUint8(6));
  expect('dtype', DTYPE_F32, view.getUint8(7));
  expect('a reserved', 0, view.getUint32(28, true));
  const size = (i: number) => view.getUint32(8 + 4 * i, true);
  const shape = checkedShape({
    sequences: size(0),
    heads: size(1),
    kvHeads: size(2),
    keySize: size(3),
    valueSize: size(4),
  });
  const scale = view.getFloat64(32, true);
  if (!Number.isFinite(scale)) throw bad('a finite scale', String(scale));
  expect('a length of', HEADER + stateElements(shape) * 4, bytes.length);
  return { shape, scale, states: bytes.subarray(HEADER) };
}

function checkedShape(shape: CheckedShape): CheckedShape {
  try {
    return checkShape(shape);
  } catch (cause) {
    throw new GlaError('bad-file', `bytes: ${(cause as Error).message}`, { cause });
  }
}

function bad(expected: string, got: string): GlaError {
  return new GlaError('bad-file', `bytes: expected ${expected}, got ${got}`);
}

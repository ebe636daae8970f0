import type { Arena } from '@gossamer/kit/memory';
import { fail } from '../errors.ts';
import { CACHE, PAGE, type SequenceShape } from './sequence.ts';
import type { Text } from './text.ts';

const MAGIC = 0x534d464c; // "LFMS", little-endian
const VERSION = 1;

const NAMES = [
  'magic',
  'version',
  'vocabSize',
  'hiddenSize',
  'convolutions',
  'taps',
  'attention layers',
  'cache type',
  'bytes of a page',
] as const;

/** Words before the data: NAMES, tokens, tokens seen by the convolutions (two words), whether logits follow. */
const HEADER_WORDS = NAMES.length + 4;

/** What two models must share for a state to have the same form. */
function fingerprint({ config, cache, convLayers, attentionLayers, pageBytes }: SequenceShape): number[] {
  const { vocabSize, hiddenSize, convLength } = config;
  return [MAGIC, VERSION, vocabSize, hiddenSize, convLayers, convLength, attentionLayers, CACHE[cache], pageBytes];
}

/** Words of the parts of a saved text. */
function layout({ config, convLayers, pageBytes }: SequenceShape, tokens: number, withLogits: number) {
  const rings = convLayers * (config.convLength - 1) * config.hiddenSize;
  const logits = withLogits * config.vocabSize;
  const pages = (Math.ceil(tokens / PAGE) * pageBytes) / 4;
  return { rings, logits, pages, total: HEADER_WORDS + tokens + rings + logits + pages };
}

/** A text as bytes, little-endian: header, tokens, inputs of the convolutions, logits, pages of the cache. */
export function packText(arena: Arena, { sequence, tokens, logits }: Text): Uint8Array {
  const { shape } = sequence;
  const parts = layout(shape, tokens.length, +(logits !== undefined));
  const words = new Uint32Array(parts.total);
  const { seen } = sequence;
  words.set([...fingerprint(shape), tokens.length, seen, Math.floor(seen / 2 ** 32), +(logits !== undefined)]);
  let at = HEADER_WORDS;
  words.set(tokens, at);
  at += tokens.length;
  const floats = new Float32Array(words.buffer);
  floats.set(sequence.readRings(), at);
  at += parts.rings;
  if (logits !== undefined) floats.set(logits, at);
  at += parts.logits;
  for (const page of sequence.pages.slice(0, Math.ceil(tokens.length / PAGE))) {
    words.set(arena.u32(page, shape.pageBytes / 4), at);
    at += shape.pageBytes / 4;
  }
  return new Uint8Array(words.buffer);
}

/**
 * Puts a saved text into `text`, after everything was checked.
 *
 * @throws `bad-file` with what was expected and what came; `context-full`, `out-of-memory`; the text is then as before.
 */
export function unpackText(arena: Arena, text: Text, bytes: Uint8Array, make: () => Text): Text {
  const { shape } = text.sequence;
  const { words, length, seen, withLogits } = readHeader(shape, bytes);
  const parts = layout(shape, length, withLogits);
  const tokens = words.subarray(HEADER_WORDS, HEADER_WORDS + length);
  const { vocabSize } = shape.config;
  const wrong = tokens.findIndex((token) => token >= vocabSize);
  if (wrong >= 0) throw bad(`token ${wrong}`, `an id below ${vocabSize}`, tokens[wrong] as number);
  const fresh = make();
  try {
    fresh.sequence.reserve(length);
  } catch (error) {
    fresh.sequence.free();
    throw error;
  }
  for (const token of tokens) fresh.tokens.push(token);
  let at = HEADER_WORDS + length;
  const floats = new Float32Array(words.buffer);
  fresh.sequence.length = length;
  fresh.sequence.writeRings(floats.subarray(at, at + parts.rings), seen);
  at += parts.rings;
  if (withLogits === 1) fresh.logits = floats.slice(at, at + parts.logits);
  at += parts.logits;
  for (const page of fresh.sequence.pages) {
    arena.u32(page, shape.pageBytes / 4).set(words.subarray(at, at + shape.pageBytes / 4));
    at += shape.pageBytes / 4;
  }
  return fresh;
}

function readHeader(shape: SequenceShape, bytes: Uint8Array) {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('restore: expected the Uint8Array that save() returned');
  if (bytes.length < HEADER_WORDS * 4 || bytes.length % 4 !== 0) {
    throw bad('length', `at least ${HEADER_WORDS * 4} bytes, in words of 4`, bytes.length);
  }
  const words = new Uint32Array(bytes.slice().buffer);
  for (const [i, expected] of fingerprint(shape).entries()) {
    if (words[i] !== expected) throw bad(NAMES[i] as string, expected, words[i] as number);
  }
  const [length, low, high, withLogits] = words.subarray(NAMES.length, HEADER_WORDS) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const seen = high * 2 ** 32 + low;
  if (withLogits !== +(length > 0)) throw bad('logits flag', +(length > 0), withLogits);
  if (seen < length || !Number.isSafeInteger(seen)) throw bad('tokens seen', `at least ${length}`, seen);
  const { total } = layout(shape, length, withLogits);
  if (words.length !== total) throw bad('length', `${total * 4} bytes`, bytes.length);
  return { words, length, seen, withLogits };
}

function bad(what: string, expected: unknown, got: unknown): Error {
  return fail('bad-file', `saved session: ${what}: expected ${expected}, got ${got}`);
}

import { expect, it } from 'vitest';
import {
  type GgufValue,
  type MetadataReader,
  metadataCount,
  metadataCounts,
  metadataFlag,
  metadataNumber,
  metadataString,
  metadataStrings,
} from '../src/gguf.ts';
import { fail, thrownBy } from './failure.ts';

const VALUES: Readonly<Record<string, GgufValue>> = {
  flag: true,
  count: 7,
  zero: 0,
  negative: -1,
  fraction: 1.5,
  nan: Number.NaN,
  infinite: Number.POSITIVE_INFINITY,
  large: 2n ** 63n,
  string: 'lfm2',
  empty: '',
  bytes: Uint8Array.of(0, 1),
  ints: Int32Array.of(0, 0, 8),
  negatives: Int32Array.of(0, -1),
  floats: Float32Array.of(1, 2),
  fractions: Float32Array.of(0.5),
  longs: BigInt64Array.of(3n, 4n),
  huge: BigUint64Array.of(2n ** 60n),
  none: new Int32Array(0),
  many: new Uint8Array(65_537),
  strings: ['a', ''],
};
const READER: MetadataReader = { metadata: new Map(Object.entries(VALUES)), name: 'model', fail };

/** For each getter, what it accepts; everything else it refuses. */
it.each<[string, (key: string) => unknown, Record<string, unknown>]>([
  ['a string', (key) => metadataString(READER, key), { string: 'lfm2', empty: '' }],
  ['a flag', (key) => metadataFlag(READER, key), { flag: true }],
  ['a finite number', (key) => metadataNumber(READER, key), { count: 7, zero: 0, negative: -1, fraction: 1.5 }],
  ['an integer of at least 0', (key) => metadataCount(READER, key), { count: 7, zero: 0 }],
  ['an integer of at least 1', (key) => metadataCount(READER, key, 1), { count: 7 }],
  [
    'a list of up to 65536 integers of at least 0',
    (key) => metadataCounts(READER, key),
    { bytes: [0, 1], ints: [0, 0, 8], floats: [1, 2], longs: [3, 4], none: [] },
  ],
  ['a list of strings', (key) => metadataStrings(READER, key), { strings: ['a', ''] }],
])('takes %s and no other type', (expected, get, accepted) => {
  for (const key of Object.keys(VALUES)) {
    if (key in accepted) {
      expect(get(key)).toEqual(accepted[key]);
    } else {
      const message = expect.stringMatching(new RegExp(`^model: ${key}: expected ${expected}, got .`));
      expect(thrownBy(() => get(key))).toMatchObject({ code: 'bad-file', message });
    }
  }
  expect(get('absent')).toBeUndefined();
});

it('says what came instead', () => {
  expect(() => metadataCount(READER, 'string')).toThrow('model: string: expected an integer of at least 0, got "lfm2"');
  expect(() => metadataString(READER, 'ints')).toThrow('got Int32Array');
  expect(() => metadataNumber(READER, 'large')).toThrow('got 9223372036854775808');
});

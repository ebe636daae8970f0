import { expect, it } from 'vitest';
import { encodeModel } from '../src/onnx.mjs';
import { join, varint } from '../src/protobuf.mjs';

type Field = { field: number; value: bigint | Uint8Array };

/** Reads a message back: the wire format of protocol buffers, written down a second time. */
function decode(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const unsigned = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(unsigned());
    const type = tag & 7;
    if (type === 0) {
      fields.push({ field: tag >> 3, value: unsigned() });
      continue;
    }
    const length = type === 5 ? 4 : Number(unsigned());
    expect([2, 5]).toContain(type);
    expect(at + length).toBeLessThanOrEqual(bytes.length);
    fields.push({ field: tag >> 3, value: bytes.slice(at, at + length) });
    at += length;
  }
  return fields;
}

const all = (fields: Field[], field: number) => fields.filter((each) => each.field === field).map(({ value }) => value);
const messages = (fields: Field[], field: number) => all(fields, field).map((value) => decode(value as Uint8Array));
const texts = (fields: Field[], field: number) =>
  all(fields, field).map((value) => new TextDecoder().decode(value as Uint8Array));

const model = decode(
  encodeModel({
    name: 'scaled product',
    inputs: { x: { type: 'float32', shape: [2, 300] } },
    outputs: { y: { type: 'float32', shape: [2, 1] } },
    constants: {
      w: {
        type: 'float32',
        shape: [300, 1],
        data: new Float32Array([9, ...new Float32Array(300).fill(0.5)]).subarray(1),
      },
      axes: { type: 'int64', shape: [2], data: BigInt64Array.of(-1n, 7n) },
    },
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['h'] },
      {
        op: 'Special',
        domain: 'com.microsoft',
        inputs: ['h', '', 'axes'],
        outputs: ['y'],
        attributes: { heads: { int: 16 }, axis: { int: -1 }, perm: { ints: [0, 2, 1] }, scale: { float: 0.25 } },
      },
    ],
  }),
);
const [graph] = messages(model, 7) as [Field[]];

it('states the format and the operator sets', () => {
  expect(all(model, 1)).toEqual([8n]);
  const sets = messages(model, 8).map((set) => [...texts(set, 1), ...all(set, 2)]);
  expect(sets).toEqual([
    ['', 17n],
    ['com.microsoft', 1n],
  ]);
  expect(texts(graph, 2)).toEqual(['scaled product']);
});

it('writes nodes with inputs that are left out, domains and every kind of attribute', () => {
  const [product, special] = messages(graph, 1) as [Field[], Field[]];
  expect([texts(product, 1), texts(product, 2), texts(product, 4)]).toEqual([['x', 'w'], ['h'], ['MatMul']]);
  expect([texts(special, 1), texts(special, 7)]).toEqual([['h', '', 'axes'], ['com.microsoft']]);
  const attributes = messages(special, 5);
  expect(attributes.map((each) => [...texts(each, 1), ...all(each, 20)])).toEqual([
    ['heads', 2n],
    ['axis', 2n],
    ['perm', 7n],
    ['scale', 1n],
  ]);
  const [heads, axis, perm, scale] = attributes as [Field[], Field[], Field[], Field[]];
  expect(all(heads, 3)).toEqual([16n]);
  expect(all(axis, 3)).toEqual([2n ** 64n - 1n]); // −1 in two's complement
  expect(all(perm, 8)).toEqual([0n, 2n, 1n]);
  expect(new Float32Array((all(scale, 2)[0] as Uint8Array).buffer)).toEqual(Float32Array.of(0.25));
});

it('writes constants as raw little-endian data, also from a view into a larger buffer', () => {
  const [w, axes] = messages(graph, 5) as [Field[], Field[]];
  expect([all(w, 1), all(w, 2), texts(w, 8)]).toEqual([[300n, 1n], [1n], ['w']]);
  expect(new Float32Array((all(w, 9)[0] as Uint8Array).buffer)).toEqual(new Float32Array(300).fill(0.5));
  expect([all(axes, 1), all(axes, 2)]).toEqual([[2n], [7n]]);
  expect(new BigInt64Array((all(axes, 9)[0] as Uint8Array).buffer)).toEqual(BigInt64Array.of(-1n, 7n));
});

it('writes the types of inputs and outputs', () => {
  const types = [...messages(graph, 11), ...messages(graph, 12)].map((value) => {
    const [tensor] = messages((messages(value, 2) as [Field[]])[0], 1) as [Field[]];
    const dimensions = messages((messages(tensor, 2) as [Field[]])[0], 1).flatMap((dimension) => all(dimension, 1));
    return [...texts(value, 1), ...all(tensor, 1), ...dimensions];
  });
  expect(types).toEqual([
    ['x', 1n, 2n, 300n],
    ['y', 1n, 2n, 1n],
  ]);
});

it.each([0, 1, 127, 128, 300, 2 ** 32, 2 ** 53 - 1])('writes the varint %d so that it reads back', (value) => {
  expect(decode(join(varint(5, value)))).toEqual([{ field: 5, value: BigInt(value) }]);
});

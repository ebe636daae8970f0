// The part of the protocol-buffers wire format that an ONNX file needs: varints, 32-bit floats, byte strings and nested
// messages. Every encoder returns a list of byte arrays, so that weights are never copied until the file is joined.

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** @typedef {Uint8Array[]} Message */

/** @param {number | bigint} value a non-negative integer, or a negative one in its 64-bit two's complement */
function varintBytes(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const tag = (field, wireType) => varintBytes((field << 3) | wireType);

/** @returns {Message} */
export const varint = (field, value) => [tag(field, VARINT), varintBytes(value)];

/** @returns {Message} */
export const float = (field, value) => [tag(field, FIXED32), new Uint8Array(Float32Array.of(value).buffer)];

/** @returns {Message} */
export const bytes = (field, value) => [tag(field, LENGTH_DELIMITED), varintBytes(value.byteLength), value];

/** @returns {Message} */
export const string = (field, value) => bytes(field, new TextEncoder().encode(value));

/** @param {Message} parts @returns {Message} */
export const message = (field, parts) => [tag(field, LENGTH_DELIMITED), varintBytes(byteLength(parts)), ...parts];

/** @param {Message} parts */
export function join(parts) {
  const whole = new Uint8Array(byteLength(parts));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

const byteLength = (parts) => parts.reduce((sum, part) => sum + part.byteLength, 0);

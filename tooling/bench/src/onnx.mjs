// A writer for the ONNX files that the onnxruntime-web peer runs. Ours, because the graphs are ten nodes long and the
// schema's published bindings for JavaScript are 40 times the size of this file; field numbers: onnx/onnx.proto3, IR 8.
import { bytes, float, join, message, string, varint } from './protobuf.mjs';

const IR_VERSION = 8;
const OPSET = 17;
const MICROSOFT_OPSET = 1;
const DATA_TYPES = { float32: 1, int32: 6, int64: 7 };
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/**
 * @typedef {{ type: keyof typeof DATA_TYPES, shape: number[] }} ValueType
 * @typedef {ValueType & { data: ArrayBufferView }} Tensor
 * @typedef {{ int: number } | { ints: number[] } | { float: number }} Attribute
 * @typedef {{ op: string, inputs: string[], outputs: string[], domain?: string, attributes?: Record<string, Attribute> }} Node
 */

/**
 * Serialises a graph to the bytes of an `.onnx` file. A node input that is left out is named `''`.
 *
 * @param {{ name: string, inputs: Record<string, ValueType>, outputs: Record<string, ValueType>,
 *   constants?: Record<string, Tensor>, nodes: Node[] }} graph
 */
export function encodeModel({ name, inputs, outputs, constants = {}, nodes }) {
  const graph = [
    ...nodes.flatMap((node) => message(1, encodeNode(node))),
    ...string(2, name),
    ...Object.entries(constants).flatMap(([key, tensor]) => message(5, encodeTensor(key, tensor))),
    ...Object.entries(inputs).flatMap(([key, type]) => message(11, encodeValue(key, type))),
    ...Object.entries(outputs).flatMap(([key, type]) => message(12, encodeValue(key, type))),
  ];
  return join([
    ...varint(1, IR_VERSION),
    ...string(2, 'gossamer-bench'),
    ...message(7, graph),
    ...message(8, [...string(1, ''), ...varint(2, OPSET)]),
    ...message(8, [...string(1, 'com.microsoft'), ...varint(2, MICROSOFT_OPSET)]),
  ]);
}

function encodeNode({ op, inputs, outputs, domain = '', attributes = {} }) {
  return [
    ...inputs.flatMap((input) => string(1, input)),
    ...outputs.flatMap((output) => string(2, output)),
    ...string(3, outputs[0]),
    ...string(4, op),
    ...Object.entries(attributes).flatMap(([key, value]) => message(5, encodeAttribute(key, value))),
    ...string(7, domain),
  ];
}

function encodeAttribute(name, value) {
  if ('float' in value) return [...string(1, name), ...float(2, value.float), ...varint(20, ATTRIBUTE_FLOAT)];
  if ('int' in value) return [...string(1, name), ...varint(3, value.int), ...varint(20, ATTRIBUTE_INT)];
  return [...string(1, name), ...value.ints.flatMap((int) => varint(8, int)), ...varint(20, ATTRIBUTE_INTS)];
}

function encodeTensor(name, { type, shape, data }) {
  return [
    ...shape.flatMap((size) => varint(1, size)),
    ...varint(2, DATA_TYPES[type]),
    ...string(8, name),
    ...bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
}

function encodeValue(name, { type, shape }) {
  const dimensions = shape.flatMap((size) => message(1, varint(1, size)));
  const tensorType = [...varint(1, DATA_TYPES[type]), ...message(2, dimensions)];
  return [...string(1, name), ...message(2, message(1, tensorType))];
}

// Reads what a wasm binary declares: enough to type its exports and to refuse static state. No code is decoded.

/** @typedef {'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'externref' | 'funcref'} ValueType */
/** @typedef {{ params: ValueType[], results: ValueType[] }} FunctionType */
/** @typedef {{ type: ValueType, mutable: boolean }} GlobalType */
/** @typedef {{ name: string, kind: 'function' | 'table' | 'memory' | 'global' | 'tag', index: number }} Export */
/**
 * @typedef {object} WasmInfo
 * @property {FunctionType[]} functions imported ones first, as the index space has them
 * @property {GlobalType[]} globals imported ones first
 * @property {Export[]} exports
 * @property {number} dataSegments
 */

const SECTION = { type: 1, import: 2, function: 3, global: 6, export: 7, data: 11 };
const KINDS = /** @type {const} */ (['function', 'table', 'memory', 'global', 'tag']);
/** @type {Record<number, ValueType>} */
const VALUE_TYPES = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
};

/**
 * @param {Uint8Array} bytes a valid module
 * @returns {WasmInfo}
 */
export function inspect(bytes) {
  const reader = new Reader(bytes, 8);
  /** @type {FunctionType[]} */
  const types = [];
  /** @type {WasmInfo} */
  const info = { functions: [], globals: [], exports: [], dataSegments: 0 };
  const { functions, globals } = info;
  while (!reader.done) {
    const id = reader.byte();
    const end = reader.unsigned() + reader.at;
    if (id === SECTION.type) {
      types.push(...reader.vector(() => reader.functionType()));
    } else if (id === SECTION.import) {
      reader.vector(() => {
        reader.text();
        reader.text();
        const kind = KINDS[reader.byte()];
        if (kind === 'function') functions.push(types[reader.unsigned()]);
        else if (kind === 'global') globals.push(reader.globalType());
        else if (kind === 'memory') reader.limits();
        else throw new Error(`wasm: imports a ${kind}; only functions, globals and a memory may be imported`);
      });
    } else if (id === SECTION.function) {
      functions.push(...reader.vector(() => types[reader.unsigned()]));
    } else if (id === SECTION.global) {
      globals.push(...reader.vector(() => reader.globalWithInitialiser()));
    } else if (id === SECTION.export) {
      info.exports = reader.vector(() => ({
        name: reader.text(),
        kind: KINDS[reader.byte()],
        index: reader.unsigned(),
      }));
    } else if (id === SECTION.data) {
      info.dataSegments = reader.unsigned();
    }
    reader.at = end;
  }
  return info;
}

class Reader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  get done() {
    return this.at >= this.bytes.length;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** LEB128, up to 35 bits: sizes and indices. */
  unsigned() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  text() {
    const length = this.unsigned();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }

  /**
   * @template T
   * @param {() => T} item
   * @returns {T[]}
   */
  vector(item) {
    return Array.from({ length: this.unsigned() }, item);
  }

  /** @returns {ValueType} */
  valueType() {
    const code = this.byte();
    const type = VALUE_TYPES[code];
    if (type === undefined) throw new Error(`wasm: value type 0x${code.toString(16)} is not used by our kernels`);
    return type;
  }

  /** @returns {FunctionType} */
  functionType() {
    const form = this.byte();
    if (form !== 0x60) throw new Error(`wasm: type form 0x${form.toString(16)} is not a function type`);
    return { params: this.vector(() => this.valueType()), results: this.vector(() => this.valueType()) };
  }

  limits() {
    const flags = this.byte();
    this.unsigned();
    if (flags & 1) this.unsigned();
  }

  /** @returns {GlobalType} */
  globalType() {
    return { type: this.valueType(), mutable: this.byte() === 1 };
  }

  /** @returns {GlobalType} */
  globalWithInitialiser() {
    const global = this.globalType();
    const opcode = this.byte();
    if (opcode === 0x43) this.at += 4;
    else if (opcode === 0x44) this.at += 8;
    else if (opcode === 0xfd) this.at += 17;
    else this.unsigned(); // i32.const, i64.const, global.get, ref.*: one LEB128 or one byte
    this.byte(); // end
    return global;
  }
}

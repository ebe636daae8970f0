// The text of the files that carry a module to its hosts. Every loader has the one function `getModule`, compiles on
// the first call and does nothing at import.
import { BuildError } from './errors.mjs';
import { deflate } from './inflate.mjs';

/** @typedef {import('./wasm.mjs').WasmInfo} WasmInfo */

/**
 * Browsers, Node, Deno, Bun: the deflated binary as text, because every bundler passes a string on unharmed.
 * `DecompressionStream` is asynchronous and `getModule` is not, so inflate.js inflates.
 * @param {Uint8Array} binary
 */
export function inlineModule(binary) {
  return `import { inflate } from './inflate.js';
let module;
export function getModule() {
  if (module === undefined) {
    const text = atob(DEFLATED);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    module = new WebAssembly.Module(inflate(bytes, ${binary.length}));
  }
  return module;
}
const DEFLATED =
  '${deflate(binary).toString('base64')}';
`;
}

/** workerd refuses to compile at run time; it compiles .wasm imports when a worker is deployed. */
export const STATIC_MODULE = `import module from './kernel.wasm';
export const getModule = () => module;
`;

/** Stands for a build that a host does not get. */
export const NO_MODULE = `export const getModule = () => undefined;
`;

const GET_MODULE = `/** The compiled module (first call compiles); undefined where the host has no such build. */
export function getModule(): WebAssembly.Module | undefined;
`;

/** Makes a Rust loader speak wasm-bindgen as well: \`initSync\` and the crate's own exports. */
export const WITH_GLUE = `export * from './glue.js';
`;

/** The declarations of a Rust loader. */
export const RUST_DECLARATIONS = `export * from './glue.js';
/** The compiled module, for \`initSync\`; the first call compiles. */
export function getModule(): WebAssembly.Module;
`;

/** @type {Record<string, string>} */
const TS_TYPES = { i32: 'number', f32: 'number', f64: 'number', i64: 'bigint' };

/**
 * The declarations of an AssemblyScript kernel: names from the source, types from the binary.
 * @param {WasmInfo} info
 * @param {Map<string, string[]>} parameters
 */
export function kernelDeclarations(info, parameters) {
  const members = info.exports.map(({ name, kind, index }) => {
    if (kind === 'memory') return `  readonly ${name}: WebAssembly.Memory;`;
    if (kind === 'global') return `  readonly ${name}: WebAssembly.Global<'${info.globals[index].type}'>;`;
    if (kind !== 'function') throw new BuildError(`export ${name}: a kernel exports functions, not a ${kind}`);
    return `  ${signature(name, info.functions[index], parameters.get(name))};`;
  });
  return `${GET_MODULE}
/** What assembly/index.ts exports. A pointer is a byte offset into \`memory\`; i64 and u64 are bigints. */
export interface Kernel {
${members.join('\n')}
}
`;
}

/**
 * @param {string} name
 * @param {import('./wasm.mjs').FunctionType} type
 * @param {string[] | undefined} parameters
 */
function signature(name, { params, results }, parameters) {
  if (parameters?.length !== params.length) {
    const said = parameters ? `${parameters.length} parameters` : 'no signature';
    throw new BuildError(`export ${name}: the source has ${said}, the module ${params.length}`);
  }
  const typed = params.map((type, i) => `${parameters[i]}: ${tsType(name, type)}`);
  const result = results.length === 0 ? 'void' : tsType(name, results[0]);
  return `${name}(${typed.join(', ')}): ${result}`;
}

/**
 * @param {string} name
 * @param {string} type
 */
function tsType(name, type) {
  const known = TS_TYPES[type];
  if (known === undefined) throw new BuildError(`export ${name}: a ${type} cannot cross into JavaScript`);
  return known;
}

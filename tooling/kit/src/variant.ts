import type { Fail } from './errors.ts';
import { show } from './errors.ts';

/** The two builds of a kernel: portable SIMD, and relaxed SIMD (fused multiply-add, int8 dot product). */
export type Variant = 'simd' | 'relaxed';

/** What {@link chooseVariant} needs to know of a package. */
export interface VariantChoice {
  /** `auto` takes the relaxed build where it works; the others pin a build. */
  readonly variant: 'auto' | Variant;
  /** `getModule` of `#wasm/simd`. */
  readonly simd: () => WebAssembly.Module | undefined;
  /** `getModule` of `#wasm/relaxed`; gives nothing on a host for which no relaxed build is shipped. */
  readonly relaxed: () => WebAssembly.Module | undefined;
  /** Runs a few operations of the relaxed build and compares them with known numbers. */
  readonly selfTest: (module: WebAssembly.Module) => boolean;
  readonly fail: Fail<'unsupported' | 'bad-option'>;
}

/** A chosen build, ready to be instantiated. */
export interface ChosenVariant {
  readonly variant: Variant;
  readonly module: WebAssembly.Module;
}

/**
 * Chooses the build of a kernel for this host. Compiles it, so a caller keeps the result.
 *
 * @throws `bad-option` for an unknown variant; `unsupported` when the host cannot run the pinned build, or no build at all.
 */
export function chooseVariant(choice: VariantChoice): ChosenVariant {
  const { variant, fail } = choice;
  if (variant !== 'auto' && variant !== 'simd' && variant !== 'relaxed') {
    throw fail('bad-option', `variant: expected 'auto', 'simd' or 'relaxed', got ${show(variant)}`);
  }
  if (variant !== 'simd') {
    const module = relaxedSimdWorks() ? compile('relaxed', choice.relaxed, fail) : undefined;
    if (module !== undefined && choice.selfTest(module)) {
      return { variant: 'relaxed', module };
    }
    if (variant === 'relaxed') {
      throw fail('unsupported', `variant: 'relaxed' needs WebAssembly relaxed SIMD, which this host ${lack(module)}`);
    }
  }
  const module = compile('simd', choice.simd, fail);
  if (module === undefined) {
    throw fail('unsupported', 'no WebAssembly build of this package runs on this host');
  }
  return { variant: 'simd', module };
}

function lack(module: WebAssembly.Module | undefined): string {
  return module === undefined ? 'lacks or gets wrong, or no such build is shipped for it' : 'computes wrongly';
}

function compile(name: Variant, getModule: VariantChoice['simd'], fail: VariantChoice['fail']) {
  try {
    return getModule();
  } catch (cause) {
    throw fail('unsupported', `this host does not compile the ${name} build (WebAssembly SIMD is needed)`, { cause });
  }
}

/**
 * Two functions over splatted lanes, assembled by hand:
 *
 *     (func (export "d") (param i64 i64 i64) (result i64)
 *       (i64x2.extract_lane 0 (i32x4.relaxed_dot_i8x16_i7x16_add_s
 *         (i64x2.splat (local.get 0)) (i64x2.splat (local.get 1)) (i64x2.splat (local.get 2)))))
 *     (func (export "m") (param f32 f32 f32) (result f32)
 *       (f32x4.extract_lane 0 (f32x4.relaxed_madd
 *         (f32x4.splat (local.get 0)) (f32x4.splat (local.get 1)) (f32x4.splat (local.get 2)))))
 */
// biome-ignore format: one section or instruction per line
const PROBE: Uint8Array<ArrayBuffer> = Uint8Array.of(
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 15, 2, // types
  0x60, 3, 0x7e, 0x7e, 0x7e, 1, 0x7e,
  0x60, 3, 0x7d, 0x7d, 0x7d, 1, 0x7d,
  0x03, 3, 2, 0, 1, // functions
  0x07, 9, 2, // exports
  1, 0x64, 0, 0,
  1, 0x6d, 0, 1,
  0x0a, 43, 2, // code
  20, 0,
  0x20, 0, 0xfd, 0x12,
  0x20, 1, 0xfd, 0x12,
  0x20, 2, 0xfd, 0x12,
  0xfd, 0x93, 0x02,
  0xfd, 0x1d, 0,
  0x0b,
  20, 0,
  0x20, 0, 0xfd, 0x13,
  0x20, 1, 0xfd, 0x13,
  0x20, 2, 0xfd, 0x13,
  0xfd, 0x85, 0x02,
  0xfd, 0x1f, 0,
  0x0b,
);

interface Probe {
  d(a: bigint, b: bigint, c: bigint): bigint;
  m(a: number, b: number, c: number): number;
}

/**
 * Whether this host validates relaxed SIMD and also computes it right: V8 11.3 behind its experimental flag validates
 * it, but adds each product of the int8 dot twice.
 */
export function relaxedSimdWorks(): boolean {
  if (!WebAssembly.validate(PROBE)) {
    return false;
  }
  let probe: Probe;
  try {
    probe = new WebAssembly.Instance(new WebAssembly.Module(PROBE)).exports as unknown as Probe;
  } catch {
    return false; // the host compiles nothing at run time (workerd): no relaxed build can be loaded there either
  }
  // Bytes, lowest first: a = −128 127 −1 2 | 3 −5 7 −11, b = 127 0 126 1 | 13 17 19 23 (7 bits), c = 1000 | −1.
  const dot = probe.d(bytes(-128, 127, -1, 2, 3, -5, 7, -11), bytes(127, 0, 126, 1, 13, 17, 19, 23), lanes(1000, -1));
  // 1000 − 16256 + 0 − 126 + 2 and −1 + 39 − 85 + 133 − 253; 3·5 + 7, exact with one rounding or two.
  return dot === lanes(-15380, -167) && probe.m(3, 5, 7) === 22;
}

function bytes(...values: number[]): bigint {
  return new BigInt64Array(Int8Array.from(values).buffer)[0] as bigint;
}

function lanes(low: number, high: number): bigint {
  return new BigInt64Array(Int32Array.of(low, high).buffer)[0] as bigint;
}

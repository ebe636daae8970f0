import { afterEach, expect, it, vi } from 'vitest';
import type { VariantChoice } from '../src/variant.ts';
import { chooseVariant, relaxedSimdWorks } from '../src/variant.ts';
import { fail, KitFailure, thrownBy } from './failure.ts';

const EMPTY_MODULE = new WebAssembly.Module(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
const OTHER_MODULE = new WebAssembly.Module(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));

/** A host whose probe validates and computes with these functions. */
function pretend(dot: (a: bigint, b: bigint, c: bigint) => bigint, madd: (a: number, b: number, c: number) => number) {
  vi.stubGlobal('WebAssembly', {
    validate: () => true,
    Module: class {},
    Instance: class {
      readonly exports = { d: dot, m: madd };
    },
  });
}

/** The int8 dot in BigInt, with each product counted `times`. */
function dotTimes(times: number) {
  return (a: bigint, b: bigint, c: bigint) => {
    const [x, y] = [a, b].map((v) => new Int8Array(BigInt64Array.of(v).buffer)) as [Int8Array, Int8Array];
    const sums = new Int32Array(BigInt64Array.of(c).buffer.slice(0));
    for (let i = 0; i < 8; i++) {
      sums[i >> 2] = (sums[i >> 2] as number) + times * (x[i] as number) * (y[i] as number);
    }
    return new BigInt64Array(sums.buffer)[0] as bigint;
  };
}

const madd = (a: number, b: number, c: number) => a * b + c;

function choice(over: Partial<VariantChoice>): VariantChoice {
  return {
    variant: 'auto',
    simd: () => EMPTY_MODULE,
    relaxed: () => OTHER_MODULE,
    selfTest: () => true,
    fail,
    ...over,
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it('finds relaxed SIMD on the Node versions that ship it, and on no older one', () => {
  expect(relaxedSimdWorks()).toBe(Number(process.versions.node.split('.')[0]) >= 22);
});

it('accepts a host that computes the probe right', () => {
  pretend(dotTimes(1), madd);
  expect(relaxedSimdWorks()).toBe(true);
});

it('refuses a host that adds the int8 products twice', () => {
  pretend(dotTimes(2), madd);
  expect(relaxedSimdWorks()).toBe(false);
});

it('refuses a host that gets the multiply-add wrong', () => {
  pretend(dotTimes(1), (a, b, c) => a + b * c);
  expect(relaxedSimdWorks()).toBe(false);
});

it('refuses a host that validates but compiles nothing at run time', () => {
  vi.stubGlobal('WebAssembly', {
    validate: () => true,
    Module: class {
      constructor() {
        throw new Error('code generation disallowed by embedder');
      }
    },
  });
  expect(relaxedSimdWorks()).toBe(false);
});

it('takes the relaxed build by default where it works', () => {
  pretend(dotTimes(1), madd);
  expect(chooseVariant(choice({}))).toEqual({ variant: 'relaxed', module: OTHER_MODULE });
});

it('takes the portable build by default where the relaxed one is not shipped, does not work or fails its self-test', () => {
  pretend(dotTimes(1), madd);
  expect(chooseVariant(choice({ relaxed: () => undefined })).variant).toBe('simd');
  expect(chooseVariant(choice({ selfTest: () => false })).variant).toBe('simd');
  pretend(dotTimes(2), madd);
  expect(chooseVariant(choice({})).variant).toBe('simd');
});

it('does not compile the relaxed build when it will not be used', () => {
  const relaxed = vi.fn(() => OTHER_MODULE);
  pretend(dotTimes(2), madd);
  chooseVariant(choice({ relaxed }));
  pretend(dotTimes(1), madd);
  chooseVariant(choice({ relaxed, variant: 'simd' }));
  expect(relaxed).not.toHaveBeenCalled();
});

it('pins the build that the caller asks for', () => {
  pretend(dotTimes(1), madd);
  expect(chooseVariant(choice({ variant: 'simd' }))).toEqual({ variant: 'simd', module: EMPTY_MODULE });
  expect(chooseVariant(choice({ variant: 'relaxed' }))).toEqual({ variant: 'relaxed', module: OTHER_MODULE });
});

it('says unsupported when a pinned relaxed build cannot run', () => {
  pretend(dotTimes(2), madd);
  expect(thrownBy(() => chooseVariant(choice({ variant: 'relaxed' })))).toMatchObject({ code: 'unsupported' });
  pretend(dotTimes(1), madd);
  const wrong = () => chooseVariant(choice({ variant: 'relaxed', selfTest: () => false }));
  expect(thrownBy(wrong)).toMatchObject({ code: 'unsupported', message: expect.stringContaining('computes wrongly') });
});

it('says unsupported when the host does not compile the portable build', () => {
  const cause = new Error('no SIMD');
  const simd = () => {
    throw cause;
  };
  const error = thrownBy(() => chooseVariant(choice({ variant: 'simd', simd })));
  expect(error).toBeInstanceOf(KitFailure);
  expect(error).toMatchObject({ code: 'unsupported', cause });
  expect(thrownBy(() => chooseVariant(choice({ variant: 'simd', simd: () => undefined })))).toMatchObject({
    code: 'unsupported',
  });
});

it('refuses an unknown variant', () => {
  const variant = 'fast' as 'auto';
  expect(thrownBy(() => chooseVariant(choice({ variant })))).toMatchObject({
    code: 'bad-option',
    message: `variant: expected 'auto', 'simd' or 'relaxed', got "fast"`,
  });
});

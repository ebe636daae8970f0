/** An element type of GGML: its name, and how many weights a block of how many bytes holds. */
export interface GgmlType {
  readonly id: number;
  readonly name: string;
  /** Weights of a block. */
  readonly block: number;
  /** Bytes of a block. */
  readonly bytes: number;
}

/** Numbers of the element types that models use (ggml.h, `enum ggml_type`). */
export const GGML = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  Q2_K: 10,
  Q3_K: 11,
  Q4_K: 12,
  Q5_K: 13,
  Q6_K: 14,
  IQ4_NL: 20,
  IQ4_XS: 23,
  BF16: 30,
} as const;

type Size = readonly [block: number, bytes: number];

const SIZES: Record<keyof typeof GGML, Size> = {
  F32: [1, 4],
  F16: [1, 2],
  BF16: [1, 2],
  Q4_0: [32, 18],
  Q4_1: [32, 20],
  Q5_0: [32, 22],
  Q5_1: [32, 24],
  Q8_0: [32, 34],
  Q2_K: [256, 84],
  Q3_K: [256, 110],
  Q4_K: [256, 144],
  Q5_K: [256, 176],
  Q6_K: [256, 210],
  IQ4_NL: [32, 18],
  IQ4_XS: [256, 136],
};

/** Types of which only the size is known here, so that a file that holds them can be described (gguf-py, constants.py). */
const OTHERS: Readonly<Record<number, readonly [name: string, ...size: Size]>> = {
  16: ['IQ2_XXS', 256, 66],
  17: ['IQ2_XS', 256, 74],
  18: ['IQ3_XXS', 256, 98],
  19: ['IQ1_S', 256, 50],
  21: ['IQ3_S', 256, 110],
  22: ['IQ2_S', 256, 82],
  24: ['I8', 1, 1],
  25: ['I16', 1, 2],
  26: ['I32', 1, 4],
  27: ['I64', 1, 8],
  28: ['F64', 1, 8],
  29: ['IQ1_M', 256, 56],
  34: ['TQ1_0', 256, 54],
  35: ['TQ2_0', 256, 66],
  39: ['MXFP4', 32, 17],
  40: ['NVFP4', 64, 36],
  41: ['Q1_0', 128, 18],
};

const BY_ID: ReadonlyMap<number, GgmlType> = new Map([
  ...(Object.keys(GGML) as (keyof typeof GGML)[]).map((name) => typeOf(GGML[name], name, ...SIZES[name])),
  ...Object.entries(OTHERS).map(([id, other]) => typeOf(Number(id), ...other)),
]);

function typeOf(id: number, name: string, block: number, bytes: number): [number, GgmlType] {
  return [id, { id, name, block, bytes }];
}

/** The element type of a number, also one that only has a size here; undefined for one that is not known. */
export function ggmlType(id: number): GgmlType | undefined {
  return BY_ID.get(id);
}

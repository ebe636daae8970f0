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

const SIZES: Record<keyof typeof GGML, readonly [block: number, bytes: number]> = {
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

const BY_ID: ReadonlyMap<number, GgmlType> = new Map(
  (Object.keys(GGML) as (keyof typeof GGML)[]).map((name) => {
    const [block, bytes] = SIZES[name];
    return [GGML[name], { id: GGML[name], name, block, bytes }];
  }),
);

/** The element type of a number; undefined for one that is not known here. */
export function ggmlType(id: number): GgmlType | undefined {
  return BY_ID.get(id);
}

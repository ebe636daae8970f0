/** Element types of a packed matrix. The numbers are part of the kernel ABI. */
export const F32: i32 = 0;
export const BF16: i32 = 1;
export const F16: i32 = 2;
/** int8 with one f32 scale per row; activations get one scale per token. */
export const Q8_ROW: i32 = 3;
/** int8 with one f32 scale per row and 32 columns; activations get one per 32 columns. */
export const Q8_32: i32 = 4;

/** Rows of a weight matrix that are stored together. */
export const PANEL: i32 = 8;
/** Columns that share one scale in `Q8_32`; int8 rows are padded to a multiple of it. */
export const BLOCK: i32 = 32;
/**
 * Columns that one partial sum of a float product covers. 1024 keep an unpacked panel, 32 kB, close to the core and were 3 % faster
 * than 512; more gained nothing.
 */
export const K_BLOCK: i32 = 1024;

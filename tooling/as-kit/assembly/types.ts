/** Element types of a packed matrix. The numbers are part of the kernel ABI. */
export const F32: i32 = 0;
export const BF16: i32 = 1;
export const F16: i32 = 2;
/** int8 with one f32 scale per row; activations get one scale per token. */
export const Q8_ROW: i32 = 3;
/** int8 with one f32 scale per row and 32 columns; activations get one per 32 columns. */
export const Q8_32: i32 = 4;
/** GGUF's 4-bit blocks of 32 columns with one scale; activations get one scale per 32 columns. Only for `block/`, as the next two. */
export const Q4_0: i32 = 5;
/** GGUF's 4-bit blocks of 256 columns, a 6-bit scale and minimum per 32; activations get one scale per 256 columns. */
export const Q4_K: i32 = 6;
/** GGUF's 6-bit blocks of 256 columns, an int8 scale per 16; activations as for Q4_K. */
export const Q6_K: i32 = 7;

/** Rows of a weight matrix that are stored together. */
export const PANEL: i32 = 8;
/** Columns that share one scale in `Q8_32`; int8 rows are padded to a multiple of it. */
export const BLOCK: i32 = 32;
/** Columns of a block of the K types. */
export const SUPER: i32 = 256;
/**
 * Columns that one partial sum of a float product covers. 1024 keep an unpacked panel, 32 kB, close to the core and were 3 % faster
 * than 512; more gained nothing.
 */
export const K_BLOCK: i32 = 1024;

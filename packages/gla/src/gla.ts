import { isCount, show } from '@gossamer/kit/errors';
import { GlaError } from './errors.ts';
import { type GlaForwardOptions, GlaRecurrence, type GlaRecurrenceOptions } from './recurrence.ts';
import { checkInput, checkShape, type GlaInput, type GlaRecurrenceShape } from './recurrence-shape.ts';

/** Sizes of a call of {@link gla}. */
export interface GlaShape extends GlaRecurrenceShape {
  /** Tokens T of each sequence; of all together if they are packed. */
  readonly length: number;
}

/** Options of {@link gla}. `sequences` defaults to the number of packed ones. */
export interface GlaOptions extends GlaRecurrenceOptions, GlaForwardOptions {
  /** Filled with the output and returned. */
  readonly out?: Float32Array;
}

/** What {@link gla} gives. */
export interface GlaResult {
  /** Output (N, T, H, V). */
  readonly o: Float32Array;
  /** States after the last token (N, Hkv, K, V). */
  readonly finalState: Float32Array;
}

/**
 * Gated linear attention over whole sequences (GLA paper §4.1, eq. 3; fla's `chunk_gla` and `fused_recurrent_gla`): per head,
 * S_t = diag(exp g_t) S_{t−1} + k_t v_tᵀ and o_t = scale · S_tᵀ q_t. A log gate of −∞ resets a finite state exactly.
 *
 * @throws {@link GlaError} `bad-shape`, `bad-length`, `bad-value`, `bad-option`, `out-of-memory`, `unsupported`.
 * @example
 * ```ts
 * const { o, finalState } = gla({ q, k, v, g }, { length: 128, heads: 4, keySize: 64, valueSize: 64 });
 * ```
 */
export function gla(x: GlaInput, shape: GlaShape, options: GlaOptions = {}): GlaResult {
  const { length, sequences = packedSequences(options.cuSeqlens) } = shape;
  const checked = checkShape({ ...shape, sequences });
  if (!isCount(length, 0)) throw new GlaError('bad-shape', `length: expected an integer ≥ 0, got ${show(length)}`);
  checkInput(x, checked, options.cuSeqlens === undefined ? sequences * length : length);
  const recurrence = new GlaRecurrence(checked, options);
  try {
    return { o: recurrence.forward(x, options, options.out), finalState: recurrence.saveState() };
  } finally {
    recurrence.dispose();
  }
}

function packedSequences(cuSeqlens: Int32Array | undefined): number {
  return cuSeqlens === undefined ? 1 : Math.max(1, cuSeqlens.length - 1);
}

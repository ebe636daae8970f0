import type { Kernel } from '#wasm/simd';

/** Heads of a recurrence. Query head h reads the state of kv head ⌊h·kvHeads / heads⌋. */
export interface HeadShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/**
 * Which kernel runs. `recurrent` goes token by token, `chunk` in sub-chunks of 16 tokens; they differ by rounding. `auto`
 * takes the faster one for each part of the sequence.
 */
export type GlaMode = 'auto' | 'recurrent' | 'chunk';

/** Addresses of a sequence's rows and of its state. `a` holds decays, `scratch` what `glaScratchBytes` asks for. */
export interface RecurrenceBuffers {
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly a: number;
  readonly o: number;
  readonly state: number;
  readonly scratch: number;
}

/** ROWS of assembly/chunk-factors.ts: a sequence that is cut at its multiples gives the same bits as the whole. */
const SUB_CHUNK = 16;

/** From these sizes on the chunkwise kernel is the faster one (measured: 1.1 × there, 0.6 × at 16 × 16, 1.7 × at 128 × 256). */
const CHUNK_TOKENS = 8;
const CHUNK_STATE = 2048;

/**
 * FLOP of a kernel call, counted as 5·K·V per token and head: about a millisecond. V8 never replaces a running wasm function,
 * so one long first call would stay in baseline code, and an abort would wait for it.
 */
const CALL_WORK = 2 ** 25;
const MAX_SEGMENT = 256;

/** Tokens per kernel call: whole sub-chunks. */
export function segmentLength({ heads, keySize, valueSize }: HeadShape): number {
  const perSubChunk = 5 * heads * keySize * valueSize * SUB_CHUNK;
  return Math.min(MAX_SEGMENT, SUB_CHUNK * Math.max(1, Math.floor(CALL_WORK / perSubChunk)));
}

/** Takes `tokens` rows through the recurrence; yields after each kernel call. */
export function* recur(
  kernel: Kernel,
  shape: HeadShape,
  tokens: number,
  scale: number,
  mode: GlaMode,
  at: RecurrenceBuffers,
): Generator<void, void, void> {
  const { heads, kvHeads, keySize, valueSize } = shape;
  const chunked = chunkedTokens(shape, tokens, mode);
  const segment = segmentLength(shape);
  for (let t = 0; t < tokens; ) {
    const end = Math.min(t + segment, t < chunked ? chunked : tokens);
    const [query, key, value] = [t * heads * 4, t * kvHeads * keySize * 4, t * kvHeads * valueSize * 4];
    const [q, k, v, a, o] = [at.q + query * keySize, at.k + key, at.v + value, at.a + key, at.o + query * valueSize];
    if (t < chunked) {
      kernel.glaChunk(q, k, v, a, at.state, o, end - t, heads, kvHeads, keySize, valueSize, scale, at.scratch);
    } else {
      kernel.glaRecurrent(q, k, v, a, at.state, o, end - t, heads, kvHeads, keySize, valueSize, scale);
    }
    t = end;
    yield;
  }
}

/** How many of the first tokens the chunkwise kernel takes. */
function chunkedTokens({ keySize, valueSize }: HeadShape, tokens: number, mode: GlaMode): number {
  if (mode === 'chunk') return tokens;
  if (mode === 'recurrent' || keySize * valueSize < CHUNK_STATE) return 0;
  const rest = tokens % SUB_CHUNK;
  return rest < CHUNK_TOKENS ? tokens - rest : tokens;
}

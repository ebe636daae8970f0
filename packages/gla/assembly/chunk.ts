import { COLUMN, diagonalPairs, earlierPairs, keyFactors, packBlock, queryFactors, ROWS } from './chunk-factors';
import { loadPanels, readPanel, storePanels, STRIP, updatePanel } from './chunk-strip';

/** Sub-chunks of a segment: first their factors are made, then each strip of S goes through them all, in the L1 cache. */
const SUBS = 4;

const PAIRS: usize = COLUMN * ROWS; // bytes of A
const VALUES: usize = ROWS << 5; // bytes of a panel of V or O

/** Bytes of scratch for `glaChunk`. */
export function glaScratchBytes(heads: i32, kvHeads: i32, keySize: i32, valueSize: i32): usize {
  const row = paddedRow(keySize);
  const group = <usize>(heads / kvHeads);
  return (row * (ROWS + 1) + (row * ROWS + PAIRS) * group) * SUBS + row * (16 + STRIP) + VALUES * 4;
}

/** Bytes of a key row in whole vectors. */
// @ts-ignore: decorator
@inline
function paddedRow(keySize: i32): usize {
  return <usize>((keySize + 3) & ~3) << 2;
}

/**
 * What `glaRecurrent` computes, in sub-chunks of n ≤ 16 tokens (GLA paper §4.2, in products of gates ≤ 1):
 * O = (Q ⊙ pre)·S + A·V, then S ← diag(g)·S + (K ⊙ suf)ᵀ·V, with Q scaled, pre_r = α_0⋯α_r, suf_r = α_{r+1}⋯α_{n−1}, g = pre_{n−1}
 * and A_rj = Σ_d q_rd·α_{j+1,d}⋯α_rd·k_jd for j ≤ r. To split a sequence after a multiple of 16 tokens changes no bit.
 * Arguments as there · scratch: glaScratchBytes(…) bytes at a multiple of 16
 */
export function glaChunk(
  q: usize, k: usize, v: usize, a: usize, state: usize, o: usize,
  tokens: i32, heads: i32, kvHeads: i32, keySize: i32, valueSize: i32, scale: f32, scratch: usize,
): void {
  const group = heads / kvHeads;
  const quads = (keySize + 3) >> 2;
  const keys = <usize>keySize << 2; // bytes of a row of K channels and of V
  const values = <usize>valueSize << 2;
  const keyToken = keys * kvHeads; // bytes from one token to the next
  const valueToken = values * kvHeads;
  const queryToken = keys * heads;
  const outToken = values * heads;

  const row = paddedRow(keySize);
  const factors = row * ROWS;
  const panel = row << 3;
  const kd = scratch; // (SUBS, quads, 16, 4)
  const gd = kd + factors * SUBS; // (SUBS, 4·quads)
  const qd = gd + row * SUBS; // (SUBS, group, blocks, 4·quads, 4)
  const A = qd + factors * group * SUBS; // (SUBS, group, 16 columns, 16 rows)
  const kb = A + PAIRS * group * SUBS; // packed blocks
  const ab = kb + row * 4;
  const qb = ab + row * 4;
  const near = qb + row * 4;
  const sp = near + row * 4; // two panels each of S, V and O
  const vp = sp + panel * 2;
  const op = vp + VALUES * 2;

  for (let first = 0; first < tokens; first += SUBS * ROWS) {
    const last = min(first + SUBS * ROWS, tokens);
    for (let head = 0; head < kvHeads; head++) {
      for (let t = first, i: usize = 0; t < last; t += ROWS, i++) {
        const n = min(ROWS, last - t);
        const ki = kd + factors * i;
        const gi = gd + row * i;
        for (let d: usize = 0; d < row; d += 16) v128.store(gi + d, f32x4.splat(1));
        for (let r = 0; r < n; r += 4) {
          const rows = min(4, n - r);
          const at = keyToken * (t + r) + keys * head;
          packBlock(k + at, kb, rows, keySize, keyToken, 1, 0);
          packBlock(a + at, ab, rows, keySize, keyToken, 1, 1);
          for (let h = 0; h < group; h++) {
            const Ar = A + PAIRS * (i * group + h) + (r << 2);
            packBlock(q + queryToken * (t + r) + keys * (head * group + h), qb, rows, keySize, queryToken, scale, 0);
            diagonalPairs(qb, kb, ab, Ar + COLUMN * r, quads);
            queryFactors(qb, ab, gi, near, qd + factors * (i * group + h) + row * r, quads);
            for (let j = 0; j < r; j += 4) earlierPairs(near, ki + (j << 4), Ar + COLUMN * j, quads);
          }
          keyFactors(kb, ab, ki, gi, r, quads);
        }
      }
      const s = state + keys * valueSize * head;
      for (let e = 0; e < valueSize; e += STRIP) {
        const width = min(STRIP, valueSize - e);
        const column = <usize>e << 2;
        loadPanels(s + column, sp, keySize, width, values, panel);
        for (let t = first, i: usize = 0; t < last; t += ROWS, i++) {
          const n = min(ROWS, last - t);
          loadPanels(v + valueToken * t + values * head + column, vp, n, width, valueToken, VALUES);
          for (let h = 0; h < group; h++) {
            for (let r = 0; r < n; r += 4) {
              const qr = qd + factors * (i * group + h) + row * r;
              const Ar = A + PAIRS * (i * group + h) + (r << 2);
              const or = op + (r << 5);
              readPanel(qr, sp, Ar, vp, or, keySize, r);
              readPanel(qr, sp + panel, Ar, vp + VALUES, or + VALUES, keySize, r);
            }
            storePanels(op, o + outToken * t + values * (head * group + h) + column, n, width, outToken, VALUES);
          }
          updatePanel(kd + factors * i, gd + row * i, vp, sp, quads, n);
          updatePanel(kd + factors * i, gd + row * i, vp + VALUES, sp + panel, quads, n);
        }
        storePanels(sp, s + column, keySize, width, values, panel);
      }
    }
  }
}

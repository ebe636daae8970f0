import { madd } from '@gossamer/as-kit/assembly/inline/lanes';
import { decay, floor } from './inline/decay';
import { loadSome, storeSome } from './inline/lanes';

/**
 * S ← diag(a_t)·S + k_t v_tᵀ, then o_t = scale·Sᵀ q_t, token by token (GLA paper §4.1, eq. 3).
 * q: (tokens, heads, K) · k, a: (tokens, kvHeads, K) · v: (tokens, kvHeads, V) · state: (kvHeads, K, V), updated in place ·
 * o: (tokens, heads, V) · all f32, a = exp(log gate). Query head h reads the state of kv head ⌊h·kvHeads / heads⌋.
 */
export function glaRecurrent(
  q: usize, k: usize, v: usize, a: usize, state: usize, o: usize,
  tokens: i32, heads: i32, kvHeads: i32, keySize: i32, valueSize: i32, scale: f32,
): void {
  const group = heads / kvHeads;
  const keys = <usize>keySize << 2; // bytes of a key row, and of a value row
  const values = <usize>valueSize << 2;
  for (let head = 0; head < kvHeads; head++) {
    // columns of S are independent: a strip of them takes all tokens while it is in the cache
    for (let e = 0; e < valueSize; ) {
      const wide = valueSize - e >= 16;
      const strip = state + <usize>e * 4;
      for (let t = 0; t < tokens; t++) {
        const kv = <usize>(t * kvHeads + head);
        const read = <usize>(t * heads + head * group);
        const kt = k + kv * keys, at = a + kv * keys, vt = v + kv * values + <usize>e * 4;
        let qt = q + read * keys, ot = o + read * values + <usize>e * 4;
        if (wide) write16(qt, kt, vt, at, strip, ot, keySize, values, scale);
        else write4(qt, kt, vt, at, strip, ot, keySize, values, scale, valueSize - e);
        for (let g = 1; g < group; g++) {
          qt += keys;
          ot += values;
          if (wide) read16(qt, strip, ot, keySize, values, scale);
          else read4(qt, strip, ot, keySize, values, scale, valueSize - e);
        }
      }
      e += wide ? 16 : 4;
    }
    state += keys * <usize>valueSize;
  }
}

/** One token on 16 columns of S (rows `row` bytes apart): decay, write, read by the group's first query head. */
function write16(q: usize, k: usize, v: usize, a: usize, s: usize, o: usize, keySize: i32, row: usize, scale: f32): void {
  const tiny = floor(keySize);
  const v0 = v128.load(v), v1 = v128.load(v, 16), v2 = v128.load(v, 32), v3 = v128.load(v, 48);
  let o0 = f32x4.splat(0), o1 = o0, o2 = o0, o3 = o0;
  for (let d: usize = 0, end = <usize>keySize << 2; d < end; d += 4) {
    const ad = v128.load_splat<f32>(a + d), kd = v128.load_splat<f32>(k + d), qd = v128.load_splat<f32>(q + d);
    const s0 = madd(kd, v0, decay(ad, v128.load(s), tiny));
    const s1 = madd(kd, v1, decay(ad, v128.load(s, 16), tiny));
    const s2 = madd(kd, v2, decay(ad, v128.load(s, 32), tiny));
    const s3 = madd(kd, v3, decay(ad, v128.load(s, 48), tiny));
    v128.store(s, s0);
    v128.store(s, s1, 16);
    v128.store(s, s2, 32);
    v128.store(s, s3, 48);
    o0 = madd(qd, s0, o0);
    o1 = madd(qd, s1, o1);
    o2 = madd(qd, s2, o2);
    o3 = madd(qd, s3, o3);
    s += row;
  }
  store16(o, o0, o1, o2, o3, scale);
}

/** A further query head of the group reads the same columns. */
function read16(q: usize, s: usize, o: usize, keySize: i32, row: usize, scale: f32): void {
  let o0 = f32x4.splat(0), o1 = o0, o2 = o0, o3 = o0;
  for (let d: usize = 0, end = <usize>keySize << 2; d < end; d += 4) {
    const qd = v128.load_splat<f32>(q + d);
    o0 = madd(qd, v128.load(s), o0);
    o1 = madd(qd, v128.load(s, 16), o1);
    o2 = madd(qd, v128.load(s, 32), o2);
    o3 = madd(qd, v128.load(s, 48), o3);
    s += row;
  }
  store16(o, o0, o1, o2, o3, scale);
}

// @ts-ignore: decorator
@inline
function store16(o: usize, o0: v128, o1: v128, o2: v128, o3: v128, scale: f32): void {
  const by = f32x4.splat(scale);
  v128.store(o, f32x4.mul(by, o0));
  v128.store(o, f32x4.mul(by, o1), 16);
  v128.store(o, f32x4.mul(by, o2), 32);
  v128.store(o, f32x4.mul(by, o3), 48);
}

/** `write16` on the first `width` of four columns. */
function write4(
  q: usize, k: usize, v: usize, a: usize, s: usize, o: usize, keySize: i32, row: usize, scale: f32, width: i32,
): void {
  const tiny = floor(keySize);
  const ve = loadSome(v, width);
  let oe = f32x4.splat(0);
  for (let d: usize = 0, end = <usize>keySize << 2; d < end; d += 4) {
    const decayed = decay(v128.load_splat<f32>(a + d), loadSome(s, width), tiny);
    const se = madd(v128.load_splat<f32>(k + d), ve, decayed);
    storeSome(s, se, width);
    oe = madd(v128.load_splat<f32>(q + d), se, oe);
    s += row;
  }
  storeSome(o, f32x4.mul(f32x4.splat(scale), oe), width);
}

/** `read16` on the first `width` of four columns. */
function read4(q: usize, s: usize, o: usize, keySize: i32, row: usize, scale: f32, width: i32): void {
  let oe = f32x4.splat(0);
  for (let d: usize = 0, end = <usize>keySize << 2; d < end; d += 4) {
    oe = madd(v128.load_splat<f32>(q + d), loadSome(s, width), oe);
    s += row;
  }
  storeSome(o, f32x4.mul(f32x4.splat(scale), oe), width);
}

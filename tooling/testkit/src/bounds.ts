/** Unit roundoff of f32. */
export const F32_ROUNDOFF: number = 2 ** -24;

/** Forward bound of an n-term f32 dot product in any order: |got − want| ≤ (n + 2)·u·Σ|w·x|. */
export function dotBound(n: number, absSum: number): number {
  return (n + 2) * F32_ROUNDOFF * absSum + 1e-37;
}

/** RMS(got − want) / (RMS(want) + 1e-8), the measure of flash-linear-attention's tests. NaN and ∞ must agree in place. */
export function rmsRatio(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) throw new Error(`lengths differ: got ${got.length}, want ${want.length}`);
  let difference = 0;
  let reference = 0;
  for (let i = 0; i < want.length; i++) {
    const a = got[i] as number;
    const b = want[i] as number;
    if (!Number.isFinite(a) || !Number.isFinite(b)) {
      if (!Object.is(a, b)) return Number.POSITIVE_INFINITY;
      continue;
    }
    difference += (a - b) ** 2;
    reference += b ** 2;
  }
  const n = Math.max(1, want.length);
  return Math.sqrt(difference / n) / (Math.sqrt(reference / n) + 1e-8);
}

/** Largest |got − want|; NaN counts as ∞ unless both are NaN. */
export function maxAbsDiff(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) throw new Error(`lengths differ: got ${got.length}, want ${want.length}`);
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i])) continue;
    const difference = Math.abs((got[i] as number) - (want[i] as number));
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  return worst;
}

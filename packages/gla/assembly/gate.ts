import { exp } from '@gossamer/as-kit/assembly/activation';

/** a = e^g: the decay of a log gate g ≤ 0; −∞ and everything below −87.3 give 0, NaN stays.   g, a: (n) f32, may be the same */
export function logGateToDecay(g: usize, a: usize, n: i32): void {
  exp(g, a, n);
}

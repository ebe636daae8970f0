import { unpackRow } from '../matrix';
import { Q8_32 } from '../types';

/**
 * What int8 has cost: adds Σ(x − w)² and Σx² over rows row0 … row0+rows−1 to the two f64 at `sums`.
 * x: (rows, k) f32 as they were · w: packed (n, k) with a scale per 32 columns · sums: 2 f64, then k f32 of scratch
 */
export function int8Loss(x: usize, w: usize, n: i32, k: i32, row0: i32, rows: i32, sums: usize): void {
  const row = sums + 16;
  let lost: f64 = 0;
  let whole: f64 = 0;
  for (let r = row0; r < row0 + rows; r++) {
    unpackRow(w, Q8_32, n, k, r, row);
    for (let c = 0; c < k; c++) {
      const want = <f64>load<f32>(x + (<usize>c << 2));
      const difference = want - <f64>load<f32>(row + (<usize>c << 2));
      lost += difference * difference;
      whole += want * want;
    }
    x += <usize>k << 2;
  }
  store<f64>(sums, load<f64>(sums) + lost);
  store<f64>(sums, load<f64>(sums, 8) + whole, 8);
}

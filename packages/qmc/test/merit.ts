/** ω(x) = 2π²(x² − x + 1/6) = Σ_{h≠0} exp(2πihx)/h². */
export const bernoulliKernel = (x: number): number => 2 * Math.PI ** 2 * (x * x - x + 1 / 6);

const squares = (j: number): number => 1 / j ** 2;

/**
 * The squared worst-case error of points, row-major, for the first d coordinates of each d: product weights 1/j², and `pair` more
 * for each pair of coordinates. By the definition, in O(n·d).
 */
export function merits(
  points: Float64Array,
  dimensions: readonly number[],
  pair: number,
  kernel: (x: number) => number = bernoulliKernel,
  weight: (j: number) => number = squares,
): number[] {
  const most = Math.max(...dimensions);
  const n = points.length / most;
  const totals = dimensions.map(() => 0);
  for (let i = 0; i < n; i++) {
    let [rest, sum, pairs] = [0, 0, 0]; // rest is the product − 1: it keeps its digits
    for (let j = 1; j <= most; j++) {
      const w = kernel(points[most * i + j - 1] as number);
      rest += weight(j) * w * (1 + rest);
      pairs += sum * w;
      sum += w;
      const k = dimensions.indexOf(j);
      if (k >= 0) totals[k] = (totals[k] as number) + rest + pair * pairs;
    }
  }
  return totals.map((total) => total / n);
}

/** Component by component for n points alone, by the definition, in O(n²·d). */
export function componentByComponent(n: number, dimension: number, pair: number): { vector: number[]; merit: number } {
  const omega = Array.from({ length: n }, (_, k) => bernoulliKernel(k / n));
  const [products, sums] = [Array<number>(n).fill(1), Array<number>(n).fill(0)];
  const vector: number[] = [];
  let merit = 0;
  for (let j = 1; j <= dimension; j++) {
    const candidates = j === 1 ? [1] : Array.from({ length: n / 4 }, (_, k) => 2 * k + 1);
    const sides = products.map((product, k) => squares(j) * product + pair * (sums[k] as number));
    const added = candidates.map((z) => sides.reduce((s, side, k) => s + side * (omega[(k * z) % n] as number), 0) / n);
    const best = Math.min(...added);
    const z = candidates[added.findIndex((value) => value <= best + 1e-14)] as number;
    merit += best;
    vector.push(z);
    for (let k = 0; k < n; k++) {
      const w = omega[(k * z) % n] as number;
      products[k] = (products[k] as number) * (1 + squares(j) * w);
      sums[k] = (sums[k] as number) + w;
    }
  }
  return { vector, merit };
}

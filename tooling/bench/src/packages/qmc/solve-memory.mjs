// For a process of its own: by how many bytes it grows when it builds a kernel system of n points and solves it.
import { Gram, Sobol } from '@gossamer/qmc';

const n = Number(process.argv[2]);
const options = { points: new Sobol({ dimension: 3, seed: 7 }), kernel: { type: 'digital', alpha: 2 }, noise: 1e-3 };
new Gram({ ...options, n: 16 }).solve(new Float64Array(16).fill(1)); // what is compiled is no memory of the system
const y = new Float64Array(n).fill(1);
const before = process.memoryUsage.rss();
new Gram({ ...options, n }).solve(y);
console.log(process.resourceUsage().maxRSS * 1024 - before);

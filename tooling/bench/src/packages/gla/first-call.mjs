import { watchImport } from '../../watch-import.mjs';

const [heads, keySize, valueSize, tokens] = [1, 4, 4, 2];
const keys = () => new Float32Array(tokens * heads * keySize).fill(0.5);
const v = new Float32Array(tokens * heads * valueSize).fill(0.5);
const g = new Float32Array(tokens * heads * keySize).fill(-0.1);
await watchImport(
  () => import('@gossamer/gla'),
  ({ gla }) => gla({ q: keys(), k: keys(), v, g }, { length: tokens, heads, keySize, valueSize }),
);

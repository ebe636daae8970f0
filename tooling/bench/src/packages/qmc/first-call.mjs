import { watchImport } from '../../watch-import.mjs';

await watchImport(
  () => import('@gossamer/qmc'),
  ({ Sobol }) => new Sobol({ dimension: 4, seed: 7 }).points({ end: 16 }),
);

import { watchImport } from '../../watch-import.mjs';

await watchImport(
  () => import('@gossamer/lfm2'),
  // Chooses and compiles a kernel, then finds that there is no model.
  ({ Lfm2Model }) => Lfm2Model.load(new Uint8Array(24)).catch(() => {}),
);

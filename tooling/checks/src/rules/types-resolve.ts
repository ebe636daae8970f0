import { checkPackage, Package } from '@arethetypeswrong/core';
import { problemKindInfo } from '@arethetypeswrong/core/problems';
import type { Packed } from '../packed.ts';

/** What a package without CommonJS leaves aside: attw calls it the profile esm-only. */
const NOT_ESM = ['node10', 'node16-cjs'];

/** Types resolve as the runtime does, under Node's ESM rules and a bundler's ("are the types wrong?", esm-only). */
export async function typesResolve({ manifest, files }: Packed): Promise<string[]> {
  const { name, version } = manifest;
  const home = `/node_modules/${name}/`;
  const placed = Object.fromEntries([...files].map(([path, data]) => [home + path, data]));
  const result = await checkPackage(new Package(placed, name, version), { excludeEntrypoints: [/\.(wasm|json)$/] });
  if (!result.types) return ['types: the package has none'];
  return result.problems
    .filter((problem) => !('resolutionKind' in problem && NOT_ESM.includes(problem.resolutionKind)))
    .map((problem) => {
      const where = 'entrypoint' in problem ? `${problem.entrypoint} (${problem.resolutionKind})` : 'package';
      return `types: ${where}: ${problemKindInfo[problem.kind].shortDescription}`;
    });
}

import type { Packed } from '../packed.ts';

/** Conditions we use, each with the host of the consumer tests that proves it. */
const CONDITIONS: Readonly<Record<string, string>> = {
  types: 'the type checker',
  workerd: 'workerd',
  node: 'Node',
  default: 'every other host',
};

/** Every path of `exports` and `imports` is in the tarball; `types` comes first and `default` last; ESM only (STYLE §3). */
export function exportMap({ manifest, files }: Packed): string[] {
  const found: string[] = [];
  const check = (at: string, target: unknown): void => {
    if (typeof target === 'string') {
      if (!target.startsWith('./') || !files.has(target.slice(2))) found.push(`${at}: ${target} is not in the tarball`);
      return;
    }
    const keys = Object.keys((target ?? {}) as object);
    if (keys.length === 0)
      found.push(`${at}: expected a path or an object of conditions, got ${JSON.stringify(target)}`);
    for (const key of keys.filter((key) => !(key in CONDITIONS))) {
      found.push(`${at}: the condition "${key}" has no consumer test`);
    }
    if (keys.indexOf('types') > 0) found.push(`${at}: "types" must come first`);
    if (keys.length > 0 && keys.at(-1) !== 'default') found.push(`${at}: "default" must be there and last`);
    for (const [key, value] of Object.entries((target ?? {}) as object)) check(`${at} ${key}`, value);
  };
  for (const field of ['exports', 'imports'] as const) {
    for (const [key, target] of Object.entries((manifest[field] ?? {}) as object)) check(`${field} "${key}"`, target);
  }
  const exported = (manifest.exports ?? {}) as Record<string, unknown>;
  for (const key of ['.', './package.json']) if (!(key in exported)) found.push(`exports: "${key}" is missing`);
  return found;
}

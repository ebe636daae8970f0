import { type Packed, text } from '../packed.ts';

/** All that a tarball may hold: what runs, and the sources it was made from. */
const ALLOWED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/.+\.(js|d\.ts)(\.map)?$/,
  /^wasm\/[^/]+\.(js|d\.ts)$/,
  /^wasm\/kernel\.wasm$/,
  /^src\/.+\.ts$/,
  /^assembly\/.+\.ts$/,
  /^crate\/(src\/.+\.rs|[\w-]+\.(toml|lock)|\.cargo\/config\.toml)$/,
  /^crate\/data\/[\w-]+\.bin$/, // tables that the core includes
  /^bin\/[\w-]+\.mjs$/,
  /^data\/README\.md$/, // where data comes from, and its licence
  /^directions\/[\w-]+\.(js|d\.ts)$/, // data that a private import loads
  /^kit\/.+\.(ts|rs|toml|lock)$/,
];
const TESTS = /(^|\/)(tests?|bench|benches|fixtures|__tests__)\/|\.(test|spec|bench)(-d)?\.[a-z]+$/;
const REQUIRED = ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts', 'wasm/kernel.wasm'];

/** The tarball holds the licence, the README, code and its sources, and nothing else: no test, no bench (DESIGN §2). */
export function contents(packed: Packed): string[] {
  const found: string[] = [];
  for (const path of packed.files.keys()) {
    if (TESTS.test(path)) found.push(`${path}: tests and benches are not published`);
    else if (!ALLOWED.some((pattern) => pattern.test(path))) found.push(`${path}: does not belong in the tarball`);
  }
  for (const path of REQUIRED) if (!packed.files.get(path)?.length) found.push(`${path}: missing or empty`);
  const licence = text(packed, 'LICENSE');
  if (licence && !licence.startsWith('MIT License')) found.push('LICENSE: expected the MIT License');
  return found;
}

import { inflateRawSync } from 'node:zlib';
import { type Packed, paths, text } from '../packed.ts';
import { declared } from '../wasm.ts';

/**
 * AssemblyScript kernels keep nothing and know nobody: no data segment, and the memory as their only import (DESIGN §4.4).
 * The binary of an inlined build is inflated from its text.
 */
export function kernels(packed: Packed): string[] {
  if (paths(packed, /^assembly\//).length === 0) return [];
  const found: string[] = [];
  for (const path of paths(packed, /^wasm\/(kernel\.wasm|[^/]+\.inline\.js)$/)) {
    const bytes = path.endsWith('.wasm') ? packed.files.get(path) : inlined(text(packed, path));
    if (!bytes) {
      found.push(`${path}: no binary found`);
      continue;
    }
    const { imports, dataSegments } = declared(bytes);
    if (dataSegments > 0) found.push(`${path}: ${dataSegments} data segments, expected none`);
    if (imports.join() !== 'env.memory')
      found.push(`${path}: imports ${imports.join(', ')}, expected env.memory alone`);
  }
  return found;
}

function inlined(source: string): Uint8Array | undefined {
  const deflated = /\bDEFLATED =\s*["'`]([A-Za-z0-9+/]+={0,2})["'`]/.exec(source)?.[1];
  if (deflated === undefined) return undefined;
  try {
    return inflateRawSync(Buffer.from(deflated, 'base64'));
  } catch {
    return undefined;
  }
}

import { show } from '@gossamer/kit/errors';
import { fail } from '../errors.ts';

/**
 * The address of a file on the Hugging Face hub; nothing is fetched.
 *
 * @param file `owner/repo/file`, or `owner/repo@revision/file`; the file may be in a folder.
 * @throws `bad-source` for another form.
 * @example
 * ```ts
 * hfUrl('LiquidAI/LFM2-350M-GGUF/LFM2-350M-Q4_0.gguf');
 * // → https://huggingface.co/LiquidAI/LFM2-350M-GGUF/resolve/main/LFM2-350M-Q4_0.gguf
 * ```
 */
export function hfUrl(file: string): URL {
  const [, owner, repo, revision = 'main', path] =
    /^([\w.-]+)\/([\w.-]+)(?:@([\w./-]+?))?\/(.+)$/.exec(file) ?? ([] as undefined[]);
  const parts = path?.split('/') ?? [''];
  if (owner === undefined || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw fail('bad-source', `hf: expected owner/repo/file, got ${show(file)}`);
  }
  const folders = parts.map(encodeURIComponent).join('/');
  return new URL(`https://huggingface.co/${owner}/${repo}/resolve/${encodeURIComponent(revision)}/${folders}`);
}

import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Packed } from '../packed.ts';

/** publint in strict mode, suggestions included. */
export async function publintStrict({ manifest, files }: Packed): Promise<string[]> {
  const pack = { files: [...files].map(([name, data]) => ({ name: `package/${name}`, data })) };
  const { messages, pkg } = await publint({ pkgDir: 'package', pack, strict: true, level: 'suggestion' });
  return messages.map((message) => `publint: ${formatMessage(message, pkg ?? manifest) ?? message.code}`);
}

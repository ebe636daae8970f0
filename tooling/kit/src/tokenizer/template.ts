import type { View } from './view.ts';

const SUPPORTED = 'null, ByteLevel, TemplateProcessing, or a Sequence of them';
const MAX_ITEMS = 64;

/** Ids that are put around an encoded text. */
export interface Template {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const NONE: Template = { before: [], after: [] };

/**
 * The post-processor for a single text.
 *
 * @param limit ids must be below it.
 * @throws `unsupported` for another than TemplateProcessing or ByteLevel (which only trims offsets).
 */
export function readTemplate(view: View, limit: number): Template {
  if (view.absent) {
    return NONE;
  }
  switch (view.type()) {
    case 'ByteLevel':
      return NONE;
    case 'TemplateProcessing':
      return readSingle(view, limit);
    case 'Sequence': {
      const steps = view.at('processors').list(MAX_ITEMS);
      const templates = steps.map((step) => readTemplate(step, limit)).filter((template) => template !== NONE);
      if (templates.length > 1) {
        throw view.unsupported('one TemplateProcessing in a Sequence'); // a second one would see two texts
      }
      return templates[0] ?? NONE;
    }
    default:
      throw view.unsupported(SUPPORTED);
  }
}

function readSingle(view: View, limit: number): Template {
  const parts: number[][] = [[]];
  const special = view.at('special_tokens');
  for (const item of view.at('single').list(MAX_ITEMS)) {
    if (!item.at('Sequence').absent) {
      parts.push([]);
      continue;
    }
    const name = item.at('SpecialToken').at('id').string();
    const ids = special.at(name).at('ids');
    parts.at(-1)?.push(...ids.list(MAX_ITEMS).map((id) => id.count(limit)));
  }
  const [before, after, ...more] = parts;
  if (before === undefined || after === undefined || more.length > 0) {
    throw view.at('single').bad(`expected the text once, got it ${parts.length - 1} times`);
  }
  return { before, after };
}

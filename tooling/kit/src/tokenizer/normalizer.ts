import type { View } from './view.ts';

const SUPPORTED = 'null, or Prepend, Replace of a string, or a Sequence of them';
const MAX_STEPS = 16;

/**
 * The normalizer of SentencePiece-style files: Prepend, Replace, or a Sequence of them.
 *
 * @throws `unsupported` for any other.
 */
export function readNormalizer(view: View): (text: string) => string {
  const steps = readSteps(view);
  return (text) => steps.reduce((done, step) => step(done), text);
}

function readSteps(view: View): ((text: string) => string)[] {
  if (view.absent) {
    return [];
  }
  switch (view.type()) {
    case 'Sequence':
      return view.at('normalizers').list(MAX_STEPS).flatMap(readSteps);
    case 'Prepend': {
      const prefix = view.at('prepend').string();
      return [(text) => (text === '' ? text : prefix + text)];
    }
    case 'Replace':
      return [readReplace(view, SUPPORTED)];
    default:
      throw view.unsupported(SUPPORTED);
  }
}

/** Replace of a string, as normalizer or decoder. */
export function readReplace(view: View, supported: string): (text: string) => string {
  const pattern = view.at('pattern').at('String');
  if (pattern.absent) {
    throw view.at('pattern').unsupported(supported);
  }
  const [from, to] = [pattern.string(), view.at('content').string()];
  return (text) => text.replaceAll(from, () => to); // a plain string would give its $ signs a meaning
}

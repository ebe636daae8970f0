import { show } from '../errors.ts';
import { toAlphabet } from './alphabet.ts';
import type { Split } from './split.ts';
import { SPLITS, splitGpt2 } from './split.ts';
import type { View } from './view.ts';

const SUPPORTED = 'null, ByteLevel, or a Sequence of a known Split and ByteLevel';

/** Cuts a text into pieces, in the spelling that the vocabulary uses. */
export type PreTokenizer = (text: string, each: (piece: string) => void) => void;

/**
 * The pre-tokenizer: none (the text is one piece), ByteLevel, or Split and ByteLevel.
 *
 * @throws `unsupported` for any other, also for a split pattern that is not known.
 */
export function readPreTokenizer(view: View): PreTokenizer {
  if (view.absent) {
    return (text, each) => each(text);
  }
  switch (view.type()) {
    case 'ByteLevel':
      return readByteLevel(view, undefined);
    case 'Sequence': {
      const [first, second, ...more] = view.at('pretokenizers').list(8);
      if (first?.type() === 'Split' && second?.type() === 'ByteLevel' && more.length === 0) {
        return readByteLevel(second, readSplit(first));
      }
      throw view.unsupported(SUPPORTED);
    }
    default:
      throw view.unsupported(SUPPORTED);
  }
}

function readByteLevel(view: View, outer: Split | undefined): PreTokenizer {
  const addBlank = view.at('add_prefix_space').flag(true);
  const useRegex = view.at('use_regex').flag(true);
  if (outer !== undefined && (useRegex || addBlank)) {
    throw view.at(useRegex ? 'use_regex' : 'add_prefix_space').unsupported('false after a Split');
  }
  const cut = byteLevel(outer ?? (useRegex ? splitGpt2 : (text: string) => text.length));
  return addBlank ? (text, each) => cut(text === '' || text.startsWith(' ') ? text : ` ${text}`, each) : cut;
}

/** Cuts at `split`, and spells the bytes of the pieces in GPT-2's alphabet. */
export function byteLevel(split: Split): PreTokenizer {
  return (text, each) => {
    for (let start = 0; start < text.length; ) {
      const end = split(text, start);
      each(toAlphabet(text.slice(start, end)));
      start = end;
    }
  };
}

function readSplit(view: View): Split {
  const pattern = view.at('pattern').at('Regex');
  const split = pattern.absent ? undefined : SPLITS.get(pattern.string());
  if (split === undefined) {
    throw view.at('pattern').unsupported('the split patterns of GPT-2, Llama 3, LFM2 and Qwen2');
  }
  const behavior = view.at('behavior');
  if (behavior.string() !== 'Isolated' || view.at('invert').flag(false)) {
    throw view.unsupported(`behavior "Isolated" without invert (got ${show(behavior.value)})`);
  }
  return split;
}

import { fromAlphabet } from './alphabet.ts';
import { readReplace } from './normalizer.ts';
import type { View } from './view.ts';

const SUPPORTED = 'ByteLevel, or the Sequence Replace, ByteFallback, Fuse, Strip';

/** Turns tokens into text as they come. What it gives, joined, is what all the tokens together decode to. */
export interface TokenDecoder {
  /** The text that is certain after one more token; empty while a character is incomplete. */
  push(token: string): string;
  /** The rest. The decoder is then as new. */
  flush(): string;
}

/**
 * The decoder of a byte-level or of a SentencePiece-style file; each call of the result starts a new text.
 *
 * @throws `unsupported` for any other.
 */
export function readDecoder(view: View): () => TokenDecoder {
  if (view.absent) {
    throw view.unsupported(SUPPORTED);
  }
  switch (view.type()) {
    case 'ByteLevel':
      return byteLevelDecoder;
    case 'Sequence':
      return readFallbackDecoder(view);
    default:
      throw view.unsupported(SUPPORTED);
  }
}

/** The decoder of GPT-2's alphabet. */
export function byteLevelDecoder(): TokenDecoder {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (token) => utf8.decode(fromAlphabet(token), { stream: true }),
    flush: () => utf8.decode(),
  };
}

function readFallbackDecoder(view: View): () => TokenDecoder {
  const [replace, bytes, fuse, strip, ...more] = view.at('decoders').list(8);
  const types = [replace, bytes, fuse].map((step) => step?.type()).join();
  if (replace === undefined || types !== 'Replace,ByteFallback,Fuse' || more.length > 0) {
    throw view.unsupported(SUPPORTED);
  }
  const clean = readReplace(replace, SUPPORTED);
  const [blank, count] = strip === undefined ? ['', 0] : readStrip(strip);
  return () => fallbackDecoder(clean, blank, count);
}

/** Takes up to `start` characters from the beginning of the text. */
function readStrip(view: View): [blank: string, count: number] {
  if (view.type() !== 'Strip' || view.at('stop').count(2 ** 16) !== 0) {
    throw view.unsupported('Strip at the start');
  }
  return [view.at('content').string(), view.at('start').count(2 ** 16)];
}

function fallbackDecoder(clean: (token: string) => string, blank: string, count: number): TokenDecoder {
  let bytes: number[] = [];
  let blanks = count; // how many may still be taken from the beginning
  const strip = (text: string) => {
    let from = 0;
    for (; blanks > 0 && from < text.length; blanks--) {
      if (!text.startsWith(blank, from)) {
        blanks = 0;
        break;
      }
      from += blank.length;
    }
    return text.slice(from);
  };
  const flushBytes = () => {
    const text = bytes.length === 0 ? '' : decodeRun(bytes);
    bytes = [];
    return text;
  };
  return {
    push(token) {
      const text = clean(token);
      const byte = /^<0x([0-9a-f]{2})>$/i.exec(text)?.[1];
      if (byte !== undefined) {
        bytes.push(Number.parseInt(byte, 16)); // the whole run decides whether it is UTF-8
        return '';
      }
      return strip(flushBytes() + text);
    },
    flush() {
      const text = strip(flushBytes());
      blanks = count;
      return text;
    },
  };
}

/** A run of byte tokens: UTF-8 as a whole, or one U+FFFD for each byte. */
function decodeRun(bytes: readonly number[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return '\ufffd'.repeat(bytes.length); // not UTF-8
  }
}

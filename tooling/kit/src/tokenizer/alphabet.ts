/**
 * GPT-2's alphabet: a printable character for each byte. Printable bytes of Latin-1 stand for themselves, the 68 others
 * for U+0100, U+0101, … in their order (Radford et al. 2019, encoder.py, bytes_to_unicode).
 */
const CHARACTERS: readonly string[] = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(codeOf(byte)));

const BYTES: ReadonlyMap<string, number> = new Map(CHARACTERS.map((character, byte) => [character, byte]));

function codeOf(byte: number): number {
  if (byte <= 32) {
    return 0x100 + byte;
  }
  if (byte >= 127 && byte <= 160) {
    return 0x100 + 33 + (byte - 127);
  }
  return byte === 173 ? 0x100 + 67 : byte;
}

const ENCODER: TextEncoder = new TextEncoder();

/** The UTF-8 bytes of a text, one character of the alphabet for each. */
export function toAlphabet(text: string): string {
  let mapped = '';
  for (const byte of ENCODER.encode(text)) {
    mapped += CHARACTERS[byte];
  }
  return mapped;
}

/** The bytes that a token stands for; a token with a character outside the alphabet is taken as text. */
export function fromAlphabet(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTES.get(token[i] as string);
    if (byte === undefined) {
      return ENCODER.encode(token);
    }
    bytes[i] = byte;
  }
  return bytes;
}

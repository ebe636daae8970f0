/** What a WebAssembly binary asks for and keeps. */
export interface Declared {
  /** As `module.name`. */
  readonly imports: readonly string[];
  readonly dataSegments: number;
}

const SECTION = { import: 2, data: 11 } as const;
const [FUNCTION, MEMORY, GLOBAL] = [0, 2, 3];

/** Reads the sections of a valid module, whether or not this host could compile it. */
export function declared(bytes: Uint8Array): Declared {
  let at = 8; // after the magic number and the version
  const unsigned = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const name = (): string => {
    const length = unsigned();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const skipDescription = (): void => {
    const kind = bytes[at++];
    if (kind === FUNCTION) unsigned();
    else if (kind === MEMORY) limits();
    else if (kind === GLOBAL) at += 2;
    else throw new Error(`wasm: import kind ${kind} at byte ${at - 1}`);
  };
  const limits = (): void => {
    const flags = bytes[at++] as number;
    unsigned();
    if (flags & 1) unsigned();
  };
  const imports: string[] = [];
  let dataSegments = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = unsigned() + at;
    if (id === SECTION.data) dataSegments = unsigned();
    if (id === SECTION.import) {
      for (let left = unsigned(); left > 0; left--) {
        imports.push(`${name()}.${name()}`);
        skipDescription();
      }
    }
    at = end;
  }
  return { imports, dataSegments };
}

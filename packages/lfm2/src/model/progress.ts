import type { ByteSource, Progress } from '@gossamer/kit/bytes';

/** Adds up the progress of several files. */
export class ProgressSum {
  readonly #sources: ReadonlyMap<string, ByteSource>;
  readonly #report: ((progress: Progress) => void) | undefined;
  readonly #loaded = new Map<string, number>();

  /** @param sources the files, by name; more may come. */
  constructor(sources: ReadonlyMap<string, ByteSource>, report: ((progress: Progress) => void) | undefined) {
    this.#sources = sources;
    this.#report = report;
  }

  /** What hears of the progress of one file. */
  of(file: string): ((progress: Progress) => void) | undefined {
    if (this.#report === undefined) return undefined;
    return ({ loaded }) => {
      this.#loaded.set(file, loaded);
      this.#report?.(this.#sum());
    };
  }

  #sum(): Progress {
    let total: number | undefined = 0;
    for (const { size } of this.#sources.values()) {
      total = size === undefined || total === undefined ? undefined : total + size;
    }
    let done = 0;
    for (const bytes of this.#loaded.values()) done += bytes;
    return { loaded: done, total };
  }
}

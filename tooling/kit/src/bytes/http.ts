import type { Backend, SourceFail } from './backend.ts';
import { endedEarly } from './backend.ts';
import { Flow, flowBackend } from './flow.ts';

/** A gap up to this size is read and dropped; beyond it a new request is cheaper. */
const SKIP = 256 * 1024;

/** `cause` of every error that stands for an answer of the server. */
export interface HttpCause {
  readonly url: string;
  readonly status: number;
}

/** What a request needs beside its URL. */
export interface HttpOptions {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal | undefined;
  readonly fail: SourceFail;
}

/**
 * Opens a URL with one request for the range from byte 0 on, whose body is read as it comes: a file that is read in order
 * costs one request, and each jump one more. A server that answers 200, or hides `Content-Range` from a
 * cross-origin page, gives a sequential source; nothing is ever buffered as a whole.
 *
 * @throws `not-found` for 404 and 410; `http` for another status, a wrong range or a broken connection.
 */
export async function openUrl(url: string, options: HttpOptions): Promise<Backend> {
  const first = await request(url, 0, options);
  const range = first.status === 206 ? await rangeOf(first, url, 0, options.fail) : undefined;
  if (range !== undefined) {
    return new RangeBackend(url, options, range.total, etagOf(first), {
      flow: flowOf(first, 0, url, options),
      end: range.end,
    });
  }
  let whole = first;
  if (first.status === 206) {
    await first.body?.cancel();
    whole = await request(url, undefined, options);
  }
  if (whole.status !== 200) {
    throw await refusal(whole, url, options.fail);
  }
  const cause: HttpCause = { url, status: 200 };
  return flowBackend(flowOf(whole, 0, url, options), { name: url, size: lengthOf(whole), cause }, options.fail);
}

/** A running answer: its bytes, and the offset in the file where its range ends. */
interface Part {
  readonly flow: Flow;
  readonly end: number;
}

class RangeBackend implements Backend {
  readonly name: string;
  readonly size: number;
  readonly sequential = false;
  readonly cause: HttpCause;
  readonly #options: HttpOptions;
  readonly #etag: string | null;
  #part: Part | undefined;

  constructor(url: string, options: HttpOptions, size: number, etag: string | null, part: Part) {
    this.name = url;
    this.size = size;
    this.cause = { url, status: 206 };
    this.#options = options;
    this.#etag = etag;
    this.#part = part;
  }

  /** A failure drops the running answer, so that the next read asks anew. */
  async some(offset: number, into: Uint8Array): Promise<number> {
    if (offset >= this.size) {
      return 0;
    }
    const part = await this.#partAt(offset);
    this.#part = undefined;
    await part.flow.skipTo(offset);
    const count = await part.flow.take(into.subarray(0, part.end - offset));
    if (count === 0) {
      throw endedEarly(this.#options.fail, this, part.flow.position, part.end - 1);
    }
    this.#part = part;
    return count;
  }

  async close(): Promise<void> {
    const part = this.#part;
    this.#part = undefined;
    await part?.flow.cancel();
  }

  /** The running answer when `offset` is in it and at most a little ahead, else a new one. */
  async #partAt(offset: number): Promise<Part> {
    const part = this.#part;
    if (part !== undefined && offset < part.end) {
      const ahead = offset - part.flow.position;
      if (ahead >= 0 && ahead <= SKIP) {
        return part;
      }
    }
    await this.close();
    return this.#ask(offset);
  }

  async #ask(offset: number): Promise<Part> {
    const { fail } = this.#options;
    const url = this.name;
    const response = await request(url, offset, this.#options);
    const range = response.status === 206 ? await rangeOf(response, url, offset, fail) : undefined;
    if (range === undefined) {
      throw await refusal(response, url, fail);
    }
    const etag = etagOf(response);
    if (range.total !== this.size || etag !== this.#etag) {
      await response.body?.cancel();
      const was = `${this.size} bytes, ETag ${this.#etag}`;
      const message = `${url}: changed while it was read, from ${was} to ${range.total} bytes, ETag ${etag}`;
      throw fail('http', message, { cause: this.cause });
    }
    return { flow: flowOf(response, offset, url, this.#options), end: range.end };
  }
}

async function request(url: string, offset: number | undefined, options: HttpOptions): Promise<Response> {
  const headers: HeadersInit = offset === undefined ? {} : { Range: `bytes=${offset}-` };
  const { fetch, signal, fail } = options; // called as a function: a browser's fetch refuses another `this`
  try {
    return await fetch(url, { headers, signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw fail('http', `${url}: no answer`, { cause });
  }
}

/** An empty 200 may have no body at all. */
function flowOf(response: Response, start: number, url: string, { fail, signal }: HttpOptions): Flow {
  const body = response.body ?? new Blob().stream();
  const flow: Flow = new Flow(body, start, (cause) =>
    signal?.aborted ? signal.reason : fail('http', `${url}: the connection broke at byte ${flow.position}`, { cause }),
  );
  return flow;
}

/**
 * The range of a 206 answer, `end` exclusive. Nothing when it says none (a cross-origin page sees `Content-Range` only if
 * the server exposes it) or covers encoded bytes.
 */
async function rangeOf(response: Response, url: string, offset: number, fail: SourceFail) {
  const header = response.headers.get('content-range');
  if (header === null || encoded(response)) {
    return undefined;
  }
  const [, start, last, total] = (/^bytes (\d+)-(\d+)\/(\d+)$/i.exec(header.trim()) ?? []).map(Number);
  if (start !== offset || last === undefined || total === undefined || last < start || last >= total) {
    await response.body?.cancel();
    const message = `${url}: expected Content-Range: bytes ${offset}-…/…, got ${header}`;
    throw fail('http', message, { cause: { url, status: 206 } satisfies HttpCause });
  }
  return { end: last + 1, total };
}

/** Size of the file according to a 200 answer. */
function lengthOf(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length === null || encoded(response) ? undefined : Number(length);
}

function encoded(response: Response): boolean {
  return (response.headers.get('content-encoding') ?? 'identity') !== 'identity';
}

/** A weak ETag promises nothing about bytes. */
function etagOf(response: Response): string | null {
  const etag = response.headers.get('etag');
  return etag?.startsWith('W/') ? null : etag;
}

async function refusal(response: Response, url: string, fail: SourceFail): Promise<Error> {
  await response.body?.cancel();
  const { status, statusText } = response;
  const code = status === 404 || status === 410 ? 'not-found' : 'http';
  const got = `${status} ${statusText}`.trim();
  return fail(code, `${url}: expected the file (status 206 or 200), got ${got}`, { cause: { url, status } });
}

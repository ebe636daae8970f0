import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { openSource } from '../src/bytes.ts';
import { fail } from './failure.ts';

const SIZE = 3_000_000;
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (i * 17 + (i >> 7)) & 255);
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/model.bin`;
}

function startOf(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
}

/** Answers with the range that was asked for, at most `most` bytes of it. */
function sendRange(request: IncomingMessage, response: ServerResponse, most: number = SIZE, headers: object = {}) {
  const start = startOf(request);
  const end = Math.min(SIZE, start + most);
  const range = { 'content-range': `bytes ${start}-${end - 1}/${SIZE}`, 'content-length': end - start };
  response.writeHead(206, { ...range, ...headers });
  response.end(BYTES.subarray(start, end));
}

it('reads a file in order with one request', async () => {
  const starts: number[] = [];
  const url = await serve((request, response) => {
    starts.push(startOf(request));
    sendRange(request, response);
  });
  const source = await openSource(url, fail);
  expect([source.size, source.sequential]).toEqual([SIZE, false]);
  for (let at = 0; at < SIZE; at += 250_000) {
    expect(Buffer.compare(await source.read(at, 200_000), BYTES.subarray(at, at + 200_000))).toBe(0);
  }
  expect(starts).toEqual([0]);
  await source.close();
});

it('asks anew for a jump back or far ahead', async () => {
  const starts: number[] = [];
  const url = await serve((request, response) => {
    starts.push(startOf(request));
    sendRange(request, response, SIZE, { etag: '"1"' });
  });
  const source = await openSource(new URL(url), fail);
  for (const at of [0, 2_000_000, 1000, 2000]) {
    expect(await source.read(at, 100)).toEqual(BYTES.slice(at, at + 100));
  }
  expect(starts).toEqual([0, 2_000_000, 1000]);
  await source.close();
});

it('goes on where a server cuts its ranges', async () => {
  const starts: number[] = [];
  const url = await serve((request, response) => {
    starts.push(startOf(request));
    sendRange(request, response, 1_000_000);
  });
  const source = await openSource(url, fail);
  expect(Buffer.compare(await source.read(0, SIZE), BYTES)).toBe(0);
  expect(starts).toEqual([0, 1_000_000, 2_000_000]);
  await source.close();
});

it('does not take bytes behind the range for bytes of the file', async () => {
  const starts: number[] = [];
  const url = await serve((request, response) => {
    starts.push(startOf(request));
    if (starts.length > 1) {
      sendRange(request, response);
      return;
    }
    response.writeHead(206, { 'content-range': `bytes 0-999/${SIZE}` }); // chunked, so the body may be longer
    response.end(new Uint8Array([...BYTES.subarray(0, 1000), ...new Uint8Array(1000)]));
  });
  const source = await openSource(url, fail);
  expect(await source.read(0, 2000)).toEqual(BYTES.slice(0, 2000));
  expect(starts).toEqual([0, 1000]);
  await source.close();
});

it('reads sequentially from a server that ignores the range', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests++;
    response.writeHead(200, { 'content-length': SIZE });
    response.end(BYTES);
  });
  const source = await openSource(url, fail);
  expect([source.size, source.sequential]).toEqual([SIZE, true]);
  expect(await source.read(100, 10)).toEqual(BYTES.slice(100, 110));
  await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'out-of-order' });
  expect(Buffer.compare(await source.read(110, SIZE - 110), BYTES.subarray(110))).toBe(0);
  expect(requests).toBe(1);
  await source.close();
});

it('does not pull a sequential file faster than it is read', async () => {
  let sent = 0;
  const total = 64 * SIZE;
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': total });
    const more = () => {
      while (sent < total) {
        sent += SIZE;
        if (!response.write(BYTES)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  });
  const source = await openSource(url, fail);
  await source.read(0, 10);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(sent).toBeLessThan(total / 2); // what the sockets and the fetch buffer; far from the whole
  await source.close();
});

it('reads a body without a length to its end', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200);
    response.write(BYTES.subarray(0, 1000));
    response.end(BYTES.subarray(1000, 2000));
  });
  const source = await openSource(url, fail);
  expect(source.size).toBeUndefined();
  expect(await source.read(0, 2000)).toEqual(BYTES.slice(0, 2000));
  expect(await source.readSome(2000, new Uint8Array(1))).toBe(0);
  await expect(source.read(2000, 1)).rejects.toMatchObject({ code: 'truncated', cause: { url, status: 200 } });
});

it('starts over without a range when the answer does not say which range it is', async () => {
  const ranges: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    ranges.push(request.headers.range);
    response.writeHead(request.headers.range === undefined ? 200 : 206);
    response.end(BYTES.subarray(0, 500));
  });
  const source = await openSource(url, fail);
  expect(source.sequential).toBe(true);
  expect(await source.read(0, 500)).toEqual(BYTES.slice(0, 500));
  expect(ranges).toEqual(['bytes=0-', undefined]);
});

it('opens an empty file', async () => {
  const url = await serve((_, response) => response.writeHead(200, { 'content-length': 0 }).end());
  const source = await openSource(url, fail);
  expect(source.size).toBe(0);
  expect(await source.readSome(0, new Uint8Array(1))).toBe(0);
});

it.each([
  ['another start', `bytes 5-${SIZE - 1}/${SIZE}`],
  ['an end beyond the file', `bytes 0-${SIZE}/${SIZE}`],
  ['an end before its start', `bytes 0--1/${SIZE}`],
  ['no total', `bytes 0-${SIZE - 1}/*`],
  ['nonsense', 'items 1-2/3'],
])('refuses a range with %s', async (_, range) => {
  const url = await serve((__, response) => {
    response.writeHead(206, { 'content-range': range });
    response.end(BYTES);
  });
  await expect(openSource(url, fail)).rejects.toMatchObject({
    code: 'http',
    message: `${url}: expected Content-Range: bytes 0-…/…, got ${range}`,
    cause: { url, status: 206 },
  });
});

it('notices a file that changes between two requests', async () => {
  let version = 0;
  const url = await serve((request, response) => sendRange(request, response, SIZE, { etag: `"${version++}"` }));
  const source = await openSource(url, fail);
  await source.read(0, 10);
  await expect(source.read(2_000_000, 10)).rejects.toMatchObject({
    code: 'http',
    message: expect.stringContaining('changed while it was read'),
  });
  await source.close();
});

it.each([
  [404, 'not-found'],
  [410, 'not-found'],
  [403, 'http'],
  [416, 'http'],
  [500, 'http'],
])('turns status %i into the code %s', async (status, code) => {
  const url = await serve((_, response) => response.writeHead(status).end('no'));
  await expect(openSource(url, fail)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`${url}: expected the file (status 206 or 200), got ${status}`),
    cause: { url, status },
  });
});

it('turns a refused jump into an error, after which the read may be tried again', async () => {
  let requests = 0;
  const url = await serve((request, response) => {
    if (++requests === 2) {
      response.writeHead(503).end();
    } else {
      sendRange(request, response);
    }
  });
  const source = await openSource(url, fail);
  await source.read(0, 10);
  await expect(source.read(2_000_000, 10)).rejects.toMatchObject({ code: 'http', cause: { url, status: 503 } });
  expect(await source.read(2_000_000, 10)).toEqual(BYTES.slice(2_000_000, 2_000_010));
  await source.close();
});

it('says no answer when nobody listens', async () => {
  const url = await serve(() => {});
  await new Promise((resolve) => server?.close(resolve));
  await expect(openSource(url, fail)).rejects.toMatchObject({ code: 'http', message: `${url}: no answer` });
});

it.each([206, 200])('notices a connection that breaks in a body with status %i', async (status) => {
  const url = await serve((_, response) => {
    response.writeHead(status, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}`, 'content-length': SIZE });
    response.write(BYTES.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20));
  });
  const source = await openSource(url, fail);
  expect(await source.read(0, 1000)).toEqual(BYTES.slice(0, 1000));
  await expect(source.read(1000, 1000)).rejects.toMatchObject({
    code: 'http',
    message: `${url}: the connection broke at byte 1000`,
  });
  await source.close();
});

it('notices a body that is shorter than its range, and can go on afterwards', async () => {
  let requests = 0;
  const url = await serve((request, response) => {
    if (++requests > 1) {
      sendRange(request, response);
      return;
    }
    response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }); // chunked, so the transfer ends well
    response.end(BYTES.subarray(0, 1000));
  });
  const source = await openSource(url, fail);
  await expect(source.read(0, 2000)).rejects.toMatchObject({
    code: 'truncated',
    message: `${url}: ended after 1000 bytes, byte ${SIZE - 1} was needed`,
    cause: { url, status: 206 },
  });
  expect(await source.read(1000, 1000)).toEqual(BYTES.slice(1000, 2000));
  await source.close();
});

it.each([206, 200])('ends a transfer with status %i when the signal says so', async (status) => {
  const gone = vi.fn();
  const url = await serve((_, response) => {
    response.on('close', gone);
    response.writeHead(status, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}`, 'content-length': SIZE });
    response.write(BYTES.subarray(0, SIZE / 2)); // and then silence
  });
  const reason = new Error('enough');
  const control = new AbortController();
  const source = await openSource(url, fail, { signal: control.signal });
  await source.read(0, 1000);
  const read = source.read(1000, SIZE - 1000);
  setTimeout(() => control.abort(reason), 50);
  await expect(read).rejects.toBe(reason);
  await vi.waitFor(() => expect(gone).toHaveBeenCalled());
  await source.close();
});

it('ends the wait for a first answer when the signal says so', async () => {
  const url = await serve(() => {});
  const reason = new Error('enough');
  const control = new AbortController();
  const opening = openSource(url, fail, { signal: control.signal });
  setTimeout(() => control.abort(reason), 20);
  await expect(opening).rejects.toBe(reason);
});

it('gives the connection back on close', async () => {
  const gone = vi.fn();
  const url = await serve((_, response) => {
    response.on('close', gone);
    response.writeHead(200, { 'content-length': SIZE });
    response.write(BYTES.subarray(0, 1000));
  });
  const source = await openSource(url, fail);
  await source.read(0, 10);
  await source.close();
  await vi.waitFor(() => expect(gone).toHaveBeenCalled());
});

it('calls the fetch of the caller as a plain function', async () => {
  const seen: unknown[] = [];
  function fetch(this: unknown, input: unknown, init?: RequestInit) {
    seen.push(this, input, new Headers(init?.headers).get('range'));
    return Promise.resolve(new Response(BYTES.slice(0, 10)));
  }
  const source = await openSource('https://example.org/a', fail, { fetch: fetch as typeof globalThis.fetch });
  expect(await source.read(0, 10)).toEqual(BYTES.slice(0, 10));
  expect(seen).toEqual([undefined, 'https://example.org/a', 'bytes=0-']);
});

it('does not take the length of an encoded body for the size of the file', async () => {
  const fetch = async () => new Response('x', { headers: { 'content-encoding': 'gzip', 'content-length': '1' } });
  const source = await openSource('https://example.org/a', fail, { fetch: fetch as typeof globalThis.fetch });
  expect(source.size).toBeUndefined();
});

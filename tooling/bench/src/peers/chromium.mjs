// A Chromium with one page that holds our package and wllama.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '@gossamer/toolchain/cache';
import { chromiumPath } from '@gossamer/toolchain/chromium';
import { run } from '@gossamer/toolchain/run';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

/** The last version with calls for single steps, and twice as fast here as 3.8.1. */
const WLLAMA = '2.4.0';
const PAGE = fileURLToPath(new URL('../browser/page.mjs', import.meta.url));
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param {(line: string) => void} log @throws when there is no Chromium or wllama cannot be fetched */
export async function startChromium(log) {
  const executablePath = await chromiumPath({ log });
  const folder = await cached(`wllama-${WLLAMA}`, async (root) => {
    log(`wllama: fetching ${WLLAMA}`);
    const flags = ['--prefix', root, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, `@wllama/wllama@${WLLAMA}`]);
  });
  const esm = join(folder, 'node_modules/@wllama/wllama/esm');
  const { outputFiles } = await build({
    entryPoints: [PAGE],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    alias: { '@wllama/wllama': join(esm, 'index.js') },
    logLevel: 'silent',
  });
  const site = await serve(outputFiles[0].contents, join(esm, 'single-thread/wllama.wasm'));
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(site.origin);
  await page.waitForFunction(() => 'bench' in globalThis);
  return {
    name: `wllama ${WLLAMA}`,
    version: browser.version(),
    /** Calls a function of the page's `bench`. */
    call: (method, ...args) => page.evaluate(([name, list]) => globalThis.bench[name](...list), [method, args]),
    /** Lets the page fetch a file; returns its address. */
    offer: (path) => site.offer(path),
    async stop() {
      await browser.close();
      site.close();
    },
  };
}

/** A server for the page, wllama's binary, and large files by path. */
async function serve(script, wasm) {
  const files = new Map([['/wllama.wasm', wasm]]);
  const server = createServer(async ({ url = '/', headers }, response) => {
    if (url === '/') {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><script type="module" src="/page.js"></script>');
    } else if (url === '/page.js') {
      response.setHeader('content-type', 'text/javascript').end(script);
    } else if (files.has(url)) {
      await sendFile(files.get(url), headers.range, response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    offer(path) {
      const url = `/file-${files.size}.gguf`;
      files.set(url, path);
      return url;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function sendFile(path, range, response) {
  const { size } = await stat(path);
  const type = path.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
  const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
  const headers = { 'content-type': type, 'content-length': size - start, 'accept-ranges': 'bytes' };
  if (range === undefined) response.writeHead(200, headers);
  else response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${size - 1}/${size}` });
  createReadStream(path, { start })
    .on('error', () => response.destroy())
    .pipe(response);
}

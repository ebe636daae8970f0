// @ts-check
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromiumPath } from '@gossamer/toolchain/chromium';
import { chromium } from 'playwright-core';
import { build } from 'vite';

/** @typedef {import('../project.mjs').Project} Project */
/** @typedef {import('../host.mjs').Report} Report */

/** The strictest policy under which WebAssembly runs at all; fetch, eval, blobs and other origins are refused. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src data:";
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
/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript' };

/** A Vite production build, opened once; the page and its module worker report one after the other. */
export const hosts = /** @type {const} */ (['page', 'worker']).map((part) => ({
  name: `Vite build in Chromium, ${part === 'page' ? 'main thread' : 'module worker'}`,
  relaxed: true,
  run: async (/** @type {Project} */ project) => (await project.once('vite', () => visit(project)))[part],
}));

/**
 * @param {Project} project
 * @returns {Promise<{ page: Report, worker: Report }>}
 */
async function visit({ dir }) {
  await build({
    root: dir,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { rolldownOptions: { input: join(dir, 'page.html') }, chunkSizeWarningLimit: 4096 },
  });
  const site = await serve(join(dir, 'dist'));
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: FLAGS });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const problems = [];
    page.on('request', (request) => {
      if (!site.has(request.url())) problems.push(`requested ${request.url()}`);
    });
    page.on('console', (message) => problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`error: ${error.stack}`));
    await page.goto(`${site.origin}/page.html`);
    const read = async (/** @type {string} */ id) => {
      const text = await page.locator(`#${id}`).textContent({ timeout: 60_000 });
      const report = JSON.parse(text ?? '');
      if (report.error) throw new Error(`${id}: ${report.error}\n${problems.join('\n')}`);
      return report;
    };
    const [inPage, inWorker] = [await read('page'), await read('worker')];
    return { page: { ...inPage, problems }, worker: { ...inWorker, problems } };
  } finally {
    await browser.close();
    site.close();
  }
}

/** @param {string} folder */
async function serve(folder) {
  const server = createServer(async ({ url = '/' }, response) => {
    const body = await readFile(join(folder, decodeURI(url))).catch(() => undefined);
    const type = TYPES[extname(url)] ?? 'application/octet-stream';
    response.writeHead(body ? 200 : 404, { 'content-type': type, 'content-security-policy': POLICY }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    has: (/** @type {string} */ url) => url.startsWith(`${origin}/`) || url === 'data:,',
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

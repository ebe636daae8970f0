import { report } from './guest.mjs';

/** The host reads reports as text of elements: this page's policy allows no evaluated script. */
async function show(id, work) {
  const output = document.createElement('output');
  output.id = id;
  output.textContent = await work().catch((error) => JSON.stringify({ error: String(error?.stack ?? error) }));
  document.body.append(output);
}

const inWorker = () =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./page-worker.mjs', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });

await show('page', report);
await show('worker', inWorker);

import { Worker } from 'node:worker_threads';

const inWorker = `
  import { parentPort, workerData } from 'node:worker_threads';
  const { report } = await import(workerData);
  parentPort.postMessage(await report());`;
const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(inWorker)}`), {
  workerData: new URL('./guest.mjs', import.meta.url).href,
});
worker.on('message', (text) => process.stdout.write(text));

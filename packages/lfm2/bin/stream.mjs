// Writing an answer as it comes, and what it cost.
import { megabytes } from './options.mjs';
import { Spinner } from './spinner.mjs';

/**
 * @param {() => Promise<number>} prepare reads the prompt; gives its number of tokens
 * @param {() => AsyncIterable<import('@gossamer/lfm2').GenerateStep>} generate
 */
export async function stream(prepare, generate) {
  const facts = { read: 0, readSeconds: 0, written: 0, writeSeconds: 0, text: '', finish: undefined, stopped: false };
  const spinner = new Spinner('reading');
  let started = performance.now();
  try {
    facts.read = await prepare();
    facts.readSeconds = (performance.now() - started) / 1000;
    started = performance.now();
    for await (const step of generate()) {
      spinner.stop();
      facts.written++;
      facts.text += step.text;
      facts.finish = step.finish;
      process.stdout.write(step.text);
    }
  } catch (error) {
    if (error?.name !== 'AbortError') throw error;
    facts.stopped = true;
  } finally {
    spinner.stop();
    facts.writeSeconds = (performance.now() - started) / 1000;
  }
  return facts;
}

/** One line on standard error: speed and memory. */
export function report({ read, readSeconds, written, writeSeconds, finish, stopped }, model, session) {
  const rate = (tokens, seconds) => (seconds > 0 ? (tokens / seconds).toFixed(1) : '–');
  const end = stopped ? 'stopped' : finish;
  const line = [
    `read ${read} tokens, ${rate(read, readSeconds)}/s`,
    `wrote ${written}, ${rate(written, writeSeconds)}/s`,
    `memory ${megabytes(model.memoryBytes + session.memoryBytes)}`,
    end,
  ];
  process.stderr.write(`[${line.join(' · ')}]\n`);
}

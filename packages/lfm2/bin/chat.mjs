import { createInterface } from 'node:readline/promises';
import { Interrupts, LOAD_HELP, load, megabytes, OPTIONS, read, SAMPLER_HELP, samplerOptions } from './options.mjs';
import { report, stream } from './stream.mjs';

const HELP = `lfm2 chat MODEL [options]

Answers what you type. An empty line or Ctrl-D ends it; /reset forgets what was said. When standard input is no terminal, each
of its lines is a message.

  --system TEXT          what the model is told before anything else
${SAMPLER_HELP}
${LOAD_HELP}
`;

/** @param {string[]} args */
export async function chat(args) {
  const given = read(args, { ...OPTIONS, system: { type: 'string' } }, HELP);
  if (given === undefined) return 0;
  const { values } = given;
  const options = samplerOptions(values);
  const interrupts = new Interrupts();
  const { model, seconds } = await interrupts.during((signal) => load(given.model, values, signal));
  const loaded = `${megabytes(model.memoryBytes)} in ${seconds.toFixed(1)} s, ${model.variant} build`;
  process.stderr.write(`${loaded}. Ctrl-C stops an answer, twice ends.\n`);
  const system = values.system === undefined ? [] : [{ role: 'system', content: values.system }];
  let talk = model.chat({ messages: system });
  for await (const line of lines()) {
    if (line === '/reset') {
      talk.dispose();
      talk = model.chat({ messages: system });
      continue;
    }
    const before = talk.session.length;
    const facts = await interrupts.during((signal) =>
      stream(
        async () => {
          await talk.add({ role: 'user', content: line }, { signal });
          return talk.session.length - before;
        },
        () => talk.answer({ ...options, signal }),
      ),
    );
    process.stdout.write('\n');
    report(facts, model, talk.session);
  }
  return 0;
}

/** What is typed, until an empty line or the end. */
async function* lines() {
  const terminal = process.stdin.isTTY === true;
  const input = createInterface({ input: process.stdin, output: process.stderr, terminal });
  // Ctrl-C belongs to the answers; at the prompt it ends the program.
  input.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
  input.setPrompt(terminal ? '> ' : '');
  let open = true;
  input.on('close', () => {
    open = false;
  });
  input.prompt();
  for await (const line of input) {
    if (line.trim() === '') return;
    yield line;
    if (open) input.prompt(); // the end of a pipe may come while an answer is written
  }
}

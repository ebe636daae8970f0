import { Interrupts, LOAD_HELP, load, OPTIONS, read, SAMPLER_HELP, samplerOptions } from './options.mjs';
import { report, stream } from './stream.mjs';

const HELP = `lfm2 complete MODEL [options] "the beginning of a text"

Continues the text; without one it is read from standard input.

${SAMPLER_HELP}
${LOAD_HELP}
`;

/** @param {string[]} args */
export async function complete(args) {
  const given = read(args, OPTIONS, HELP);
  if (given === undefined) return 0;
  const { values, rest } = given;
  const options = samplerOptions(values);
  const prompt = rest.length > 0 ? rest.join(' ') : await readInput();
  const interrupts = new Interrupts();
  const { model } = await interrupts.during((signal) => load(given.model, values, signal));
  const session = model.session();
  process.stdout.write(prompt);
  const facts = await interrupts.during((signal) =>
    stream(
      async () => {
        await session.prefill(prompt, { signal });
        return session.length;
      },
      () => session.generate({ ...options, signal }),
    ),
  );
  process.stdout.write('\n');
  report(facts, model, session);
  return facts.stopped ? 130 : 0;
}

async function readInput() {
  let text = '';
  for await (const piece of process.stdin.setEncoding('utf8')) text += piece;
  return text.replace(/\n$/, '');
}

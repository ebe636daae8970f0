#!/usr/bin/env node
// The command line of @gossamer/lfm2. Exit codes: 0 done, 2 wrong usage or a file that cannot be used, 3 anything else, 130 stopped.
import { Lfm2Error } from '@gossamer/lfm2';
import { bench } from './bench.mjs';
import { chat } from './chat.mjs';
import { complete } from './complete.mjs';
import { inspect } from './inspect.mjs';
import { Usage } from './options.mjs';

const COMMANDS = { chat, complete, inspect, bench };
const HELP = `LFM2 language models on the command line.

  lfm2 chat MODEL      answers what you type
  lfm2 complete MODEL  continues a text
  lfm2 inspect MODEL   says what a model's files hold, without loading the weights
  lfm2 bench MODEL     measures how fast this host reads and writes with a model

MODEL is a GGUF file or the folder of a checkpoint, as a path, a URL or hf:owner/repo/file.gguf.
lfm2 COMMAND --help explains each. Ctrl-C stops an answer; a second one ends the program.
`;

async function main([name, ...args]) {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(COMMANDS, name)) {
    throw new Usage(`expected ${Object.keys(COMMANDS).join(', ')}, got ${JSON.stringify(name)}`);
  }
  return (await COMMANDS[name](args)) ?? 0;
}

/** What a failure means: the exit code, and a sentence unless there is a stack to show. */
function report(error) {
  if (error?.code === 'EPIPE') return 0; // whoever read the output has had enough
  if (error?.name === 'AbortError') return 130;
  const told =
    error instanceof Usage ||
    error instanceof Lfm2Error ||
    /^ERR_PARSE_ARGS/.test(error?.code) ||
    typeof error?.syscall === 'string'; // a file that cannot be opened
  process.stderr.write(`lfm2: ${told ? error.message : (error?.stack ?? error)}\n`);
  return told ? 2 : 3;
}

process.stdout.on('error', (error) => process.exit(report(error)));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}

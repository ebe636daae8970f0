#!/usr/bin/env node
// The command line of @gossamer/qmc. Exit codes: 0 done, 1 the tolerance was not met, 2 wrong usage, 3 anything else.
import { QmcError } from '@gossamer/qmc';
import { bench } from './bench.mjs';
import { integrate } from './integrate.mjs';
import { inOptionNames, Usage } from './options.mjs';
import { points } from './points.mjs';

const COMMANDS = { points, integrate, bench };
const HELP = `Quasi-Monte Carlo on the command line.

  qmc points     prints points of a sequence, as CSV or JSON
  qmc integrate  integrates a function to a tolerance, with an error bound
  qmc bench      measures how fast this host makes and transforms points

qmc COMMAND --help explains each. Exit codes: 0 done, 1 tolerance not met, 2 wrong usage, 3 anything else.
`;

async function main([name, ...args]) {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(COMMANDS, name))
    throw new Usage(`expected points, integrate or bench, got ${JSON.stringify(name)}`);
  return COMMANDS[name](args);
}

/** What a failure means: the exit code, and a sentence unless there is a stack to show. */
function report(error) {
  if (error?.code === 'EPIPE') return 0; // whoever read the output has had enough
  const usage = error instanceof Usage || error instanceof QmcError || /^ERR_PARSE_ARGS/.test(error?.code);
  const told = usage || typeof error?.syscall === 'string'; // a file that cannot be opened
  const text = told ? inOptionNames(error.message.split(/\n|\. /)[0]) : (error?.stack ?? error);
  process.stderr.write(`qmc: ${text}\n`);
  return told ? 2 : 3;
}

process.stdout.on('error', (error) => process.exit(report(error)));
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}

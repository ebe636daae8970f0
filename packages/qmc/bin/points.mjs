// qmc points: a range of a sequence, block by block.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { design, toCsv } from '@gossamer/qmc';
import { integer, needed, number, POINT_HELP, POINT_OPTIONS, pointSetOf, read, Usage } from './options.mjs';

const HELP = `Prints n points of a sequence in [0, 1)^d, or in a box.

  qmc points -d 3 -n 1024 --seed 7
  qmc points --sequence lhs -d 2 -n 100 --bounds 150,200 --bounds 0,1 --out design.csv

${POINT_HELP}
  -n, --count N      points to print
  --start I          the index of the first, 0 unless told
  --size N           korobov, lhs, lattice in linear order: points in all, start + n unless told
  --bounds LO,HI     a box in place of [0, 1): once for all coordinates, or once for each
  --format FORMAT    csv (unless told), with a line of names, or json: an array of points
  --out FILE         a file in place of the standard output
`;

/** Coordinates per block: some 100 kB of text. */
const BLOCK = 4096;

/** @param {string[]} args */
export async function points(args) {
  const values = read(args, {
    ...POINT_OPTIONS,
    count: { type: 'string', short: 'n' },
    start: { type: 'string' },
    bounds: { type: 'string', multiple: true },
    format: { type: 'string', default: 'csv' },
    out: { type: 'string' },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const { format } = values;
  if (format !== 'csv' && format !== 'json')
    throw new Usage(`--format: expected csv or json, got ${JSON.stringify(format)}`);
  const start = integer('--start', values.start) ?? 0;
  const count = needed('--count', integer('--count', values.count));
  if (start < 0) throw new Usage(`--start: expected an integer from 0, got ${start}`);
  if (count < 1) throw new Usage(`--count: expected a positive integer, got ${count}`);
  const set = await pointSetOf(values, { size: start + count });
  if (start + count > set.size)
    throw new Usage(`--count: there are ${set.size} points, got ${start + count} as the end`);
  const job = { set, start, end: start + count, factors: factors(values.bounds, set.dimension) };
  design(set, { end: 0 }, job.factors); // says what is wrong with the bounds before a file is made
  const text = Readable.from(format === 'csv' ? csv(job) : json(job));
  if (values.out === undefined) await pipeline(text, process.stdout, { end: false });
  else await pipeline(text, createWriteStream(values.out));
  return 0;
}

/** One factor per coordinate. */
function factors(bounds = ['0,1'], dimension) {
  if (bounds.length !== 1 && bounds.length !== dimension) {
    throw new Usage(`--bounds: expected one or ${dimension} (as --dimension), got ${bounds.length}`);
  }
  const boxes = bounds.map((text) => {
    const ends = text.split(',');
    if (ends.length !== 2) throw new Usage(`--bounds: expected two numbers, got ${JSON.stringify(text)}`);
    const [lower, upper] = ends.map((end) => number('--bounds', end));
    if (lower >= upper) throw new Usage(`--bounds: expected LO < HI, got ${JSON.stringify(text)}`);
    return [lower, upper];
  });
  return Array.from({ length: dimension }, (_, j) => {
    const [lower, upper] = boxes[boxes.length === 1 ? 0 : j];
    return { name: `x${j + 1}`, lower, upper };
  });
}

function* blocks({ set, start, end, factors }) {
  const rows = Math.max(1, Math.floor(BLOCK / set.dimension));
  for (let at = start; at < end; at += rows) yield design(set, { start: at, end: Math.min(at + rows, end) }, factors);
}

function* csv(job) {
  let names = true;
  for (const block of blocks(job)) {
    const text = toCsv(block);
    yield names ? text : text.slice(text.indexOf('\n') + 1);
    names = false;
  }
}

function* json(job) {
  let before = '[\n';
  for (const { columns, size } of blocks(job)) {
    const lines = Array.from({ length: size }, (_, i) => JSON.stringify(columns.map((column) => column[i])));
    yield before + lines.join(',\n');
    before = ',\n';
  }
  yield '\n]\n';
}

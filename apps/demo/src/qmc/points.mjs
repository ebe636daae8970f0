// Four sequences in the unit square, and how evenly they fill it.
import { discrepancy, Halton, Iid, Lattice, Sobol } from '@gossamer/qmc';
import { drawPoints } from './figures.mjs';

const N = 256;

/** @returns the outcome, for machines; `write` gets what a person reads */
export async function showPoints({ seed, write }) {
  const options = { dimension: 2, seed };
  const sets = [
    { name: 'random', set: new Iid(options) },
    { name: "Sobol', scrambled", set: new Sobol(options) },
    { name: 'lattice, shifted', set: new Lattice(options) },
    { name: 'Halton, scrambled', set: new Halton(options) },
  ].map(({ name, set }) => ({ name, points: set.points({ end: N }) }));
  const figure = await drawPoints(sets);
  const rows = sets.map(({ name, points }) => ({
    name,
    cd: Math.sqrt(discrepancy(points, { dimension: 2, kind: 'CD' })),
  }));
  const lines = rows.map(({ name, cd }) => `  ${name.padEnd(18)} centred L2 discrepancy ${cd.toFixed(5)}\n`);
  write(`\n${N} points of four sequences in the unit square\n${lines.join('')}  figure: ${figure}\n`);
  return { n: N, discrepancies: rows, figure };
}

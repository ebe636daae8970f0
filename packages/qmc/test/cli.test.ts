import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Halton, Iid, integrateSync, Korobov, LatinHypercube, Lattice, type PointSet, Sobol } from '../src/index.ts';
import { oscillatory } from './integrands.ts';

const BINARY = fileURLToPath(new URL('../bin/qmc.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'qmc-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function qmc(line: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BINARY, ...line.split(' ').filter(Boolean)], {
    encoding: 'utf8',
    cwd: folder,
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

/** Columns of a table with a line of names. */
const table = (csv: string): number[][] =>
  csv
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.split(',').map(Number));

const rows = (set: PointSet, start: number, end: number): number[][] => {
  const x = set.points({ start, end });
  return Array.from({ length: end - start }, (_, i) => [...x.subarray(i * set.dimension, (i + 1) * set.dimension)]);
};

describe('help', () => {
  it.each(['points', 'integrate', 'bench'])('of %s says its options', (command) => {
    for (const flag of ['--help', '-h']) {
      const { status, stdout, stderr } = qmc(`${command} ${flag}`);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('--');
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    }
  });

  it('without a command lists the commands', () => {
    for (const [line, status] of [
      ['--help', 0],
      ['help', 0],
      ['', 2],
    ] as const) {
      expect(qmc(line)).toMatchObject({ status, stdout: expect.stringMatching(/points.*integrate.*bench/s) });
    }
  });
});

describe('points', () => {
  const cases: Array<[line: string, set: PointSet]> = [
    ['--seed 7', new Sobol({ dimension: 3, seed: 7 })],
    [
      '--sequence sobol --randomize owen --order gray --seed 7',
      new Sobol({ dimension: 3, seed: 7, randomize: 'owen', order: 'gray' }),
    ],
    ['--interlace 2 --seed 7', new Sobol({ dimension: 3, seed: 7, alpha: 2 })],
    ['--sequence lattice --seed 18446744073709551615', new Lattice({ dimension: 3, seed: 2n ** 64n - 1n })],
    [
      '--sequence lattice --order linear --size 100 --seed 7',
      new Lattice({ dimension: 3, seed: 7, order: 'linear', size: 100 }),
    ],
    ['--sequence lattice --order linear --seed 7', new Lattice({ dimension: 3, seed: 7, order: 'linear', size: 12 })],
    ['--sequence lattice --randomize none', new Lattice({ dimension: 3, randomize: 'none' })],
    ['--sequence halton --seed 7', new Halton({ dimension: 3, seed: 7 })],
    ['--sequence halton --randomize owen --seed 7', new Halton({ dimension: 3, seed: 7, randomize: 'owen' })],
    ['--sequence korobov --size 101 --seed 7', new Korobov({ dimension: 3, seed: 7, size: 101 })],
    [
      '--sequence korobov --size 101 --multiplier 40 --seed 7',
      new Korobov({ dimension: 3, seed: 7, size: 101, multiplier: 40 }),
    ],
    ['--sequence lhs --seed 7', new LatinHypercube({ dimension: 3, seed: 7, size: 12 })],
    ['--sequence iid --seed 7', new Iid({ dimension: 3, seed: 7 })],
  ];

  it.each(cases)('prints every digit: %s', (options, set) => {
    const { status, stdout, stderr } = qmc(`points -d 3 --start 4 -n 8 ${options}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.split('\r\n')[0]).toBe('x1,x2,x3');
    expect(table(stdout)).toEqual(rows(set, 4, 12));
  });

  it('prints the same as JSON, and into a file', () => {
    const want = rows(new Sobol({ dimension: 2, seed: 7 }), 0, 9);
    expect(JSON.parse(qmc('points --dimension 2 --count 9 --seed 7 --format json').stdout)).toEqual(want);
    expect(qmc('points -d 2 -n 9 --seed 7 --out points.csv')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(table(readFileSync(join(folder, 'points.csv'), 'utf8'))).toEqual(want);
  });

  it('joins its blocks without a seam', () => {
    const want = rows(new Sobol({ dimension: 3, seed: 7 }), 5, 5005); // four blocks
    expect(table(qmc('points -d 3 --start 5 -n 5000 --seed 7').stdout)).toEqual(want);
    expect(JSON.parse(qmc('points -d 3 --start 5 -n 5000 --seed 7 --format json').stdout)).toEqual(want);
  });

  it('scales to a box, or to a side for each coordinate', () => {
    const want = rows(new Sobol({ dimension: 2, seed: 7 }), 0, 64);
    const scaled = (bounds: string): number[][] => table(qmc(`points -d 2 -n 64 --seed 7 ${bounds}`).stdout);
    // exact but for the rounding of the scaling: two roundings of numbers up to 4
    for (const [i, [x, y]] of scaled('--bounds -1,3').entries()) {
      expect(Math.abs((x as number) - (4 * (want[i]?.[0] as number) - 1))).toBeLessThan(2 ** -50);
      expect(Math.abs((y as number) - (4 * (want[i]?.[1] as number) - 1))).toBeLessThan(2 ** -50);
    }
    for (const [i, [x, y]] of scaled('--bounds -1,3 --bounds=1e1,11').entries()) {
      expect(Math.abs((x as number) - (4 * (want[i]?.[0] as number) - 1))).toBeLessThan(2 ** -50);
      expect(Math.abs((y as number) - (want[i]?.[1] as number) - 10)).toBeLessThan(2 ** -48);
    }
  });

  it('goes beyond the direction numbers that everybody loads', () => {
    const [line] = table(qmc('points -d 1100 -n 2 --randomize none').stdout).slice(1);
    expect(line).toEqual(Array(1100).fill(0.5));
  });

  it('stops without a word when nobody reads on, however much there is to print', async () => {
    const child = spawn(process.execPath, [BINARY, 'points', '-d', '3', '-n', String(2 ** 32)]);
    let errors = '';
    child.stderr.on('data', (data) => {
      errors += data;
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.destroy();
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect({ status, errors }).toEqual({ status: 0, errors: '' });
  });

  it('waits for a slow reader in little memory', async () => {
    const child = spawn(process.execPath, ['--max-old-space-size=48', BINARY, 'points', '-d', '3', '-n', '300000']);
    let lines = 0;
    for await (const data of child.stdout) {
      if (lines === 0) await new Promise((resolve) => setTimeout(resolve, 300));
      for (const byte of data) if (byte === 10) lines++;
    }
    expect(lines).toBe(300_001);
  });
});

describe('integrate', () => {
  it.each([
    ['keister -d 3 --tol 1e-2', 2.168309102165481],
    ['keister -d 1 --rel-tol 1e-3 --sequence lattice', 1.380388447043143],
    ['genz-oscillatory -d 3 --tol 1e-3 --sequence halton', -0.428932059770398],
    ['genz-corner-peak -d 5 --kind 2 --tol 1e-3 --sequence iid --n-max 65536', 0.515305900383661],
    ['box -d 3 --exponent -1 --tol 2e-2 --replications 8', 1.1900386819897768],
    ['ishigami --tol 5e-2 --randomize owen --alpha 0.001', 3.5],
  ])('--function %s', (line, exact) => {
    const { status, stdout, stderr } = qmc(`integrate --seed 7 --function ${line}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const value = (name: string): number => Number(new RegExp(`^${name} +([-.\\de+]+)`, 'm').exec(stdout)?.[1]);
    expect(Math.abs(value('exact') - exact)).toBeLessThan(1e-14 * Math.max(1, Math.abs(exact)));
    expect(value('error')).toBeLessThan(value('bound'));
    expect(Math.abs(value('estimate') - exact)).toBeCloseTo(value('error'), 3);
  });

  it('prints all that the library says as JSON', () => {
    const { status, stdout } = qmc('integrate --function genz-oscillatory -d 3 --tol 1e-4 --seed 7 --json');
    const result = JSON.parse(stdout);
    const { f, exact } = oscillatory(3);
    const want = integrateSync(f, { points: new Sobol({ dimension: 3, replications: 16, seed: 7 }), absTol: 1e-4 });
    expect(status).toBe(0);
    expect(result).toMatchObject({ mean: want.mean, bound: want.bound, n: want.n, converged: true, warnings: [] });
    expect(result.history).toHaveLength(want.history.length);
    expect(Math.abs(result.exact - exact)).toBeLessThan(2 ** -50); // two ways to compute a number below 1
    expect(result.error).toBe(Math.abs(result.mean - result.exact));
  });

  it('says that a tolerance was not met, and exits with 1', () => {
    const { status, stdout, stderr } = qmc(
      'integrate --function keister -d 3 --tol 1e-9 --n-max 512 --n-init 128 --seed 7',
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ +128 .*^ +256 .*^ +512 .*^bound +\S+, which is not within the tolerance$/ms);
    expect(stderr).toMatch(/^qmc: tolerance not met: the bound is \S+ with n = 512 points in each replication\n$/);
  });

  it('takes sets of a fixed size as a whole', () => {
    for (const line of ['lhs --n-max 1000', 'korobov --n-max 1021', 'lattice --order linear --n-max 1021']) {
      const { status, stdout } = qmc(`integrate --function box -d 2 --tol 1e-2 --json --seed 1 --sequence ${line}`);
      const n = Number(line.split(' ').at(-1));
      expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, n, evaluations: 16 * n, warnings: [] });
    }
    expect(JSON.parse(qmc('integrate --function box -d 1 --tol 1 --json --sequence lhs').stdout).n).toBe(4096);
  });

  const module = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return `integrate --module ${name} --seed 7 --json`;
  };

  it('takes the integrand of a module: of a point, of a batch, with promises', () => {
    const texts = [
      'export default ([x, y]) => x * y;',
      'export default async ([x, y]) => x * y;',
      'export default { batch: (x, n) => Array.from({ length: n }, (_, i) => x[2 * i] * x[2 * i + 1]) };',
      'export default ([x, y]) => x * y; export const dimension = 2; export const exact = 0.25;',
    ];
    const results = texts.map((text, k) => {
      const { status, stdout } = qmc(`${module(`f${k}.mjs`, text)} --tol 1e-3 ${k < 3 ? '-d 2' : ''}`);
      expect(status).toBe(0);
      return JSON.parse(stdout);
    });
    for (const { mean } of results) expect(mean).toBe(results[0].mean);
    expect(results[0]).not.toHaveProperty('error');
    expect(results[3].error).toBe(Math.abs(results[3].mean - 0.25));
  });

  it('shows the stack of a module that fails, and says in one sentence what an integrand gives', () => {
    const thrown = qmc(
      `${module('throws.mjs', 'export default () => { throw new Error("singular"); };')} -d 2 --tol 1`,
    );
    expect(thrown).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^qmc: Error: singular\n +at .*throws\.mjs/),
    });
    const broken = qmc(`${module('broken.mjs', 'export default (;')} -d 2 --tol 1`);
    expect(broken).toMatchObject({ status: 3, stderr: expect.stringContaining('SyntaxError') });
    const infinite = qmc(`${module('infinite.mjs', 'export default () => 1 / 0;')} -d 2 --tol 1`);
    expect(infinite).toMatchObject({
      status: 2,
      stderr: 'qmc: integrand: expected a finite number at point 0 of replication 0, got Infinity\n',
    });
  });

  it('says what a module lacks', () => {
    expect(qmc(`${module('empty.mjs', '')} -d 2 --tol 1`)).toMatchObject({
      status: 2,
      stderr: 'qmc: --module: expected a function or { batch } as the default export of empty.mjs\n',
    });
    expect(qmc(`${module('f.mjs', 'export default () => 1;')} --tol 1`)).toMatchObject({
      status: 2,
      stderr: 'qmc: --dimension: expected one, got none\n',
    });
  });
});

describe('bench', () => {
  it('measures a rate above zero for everything, after checking it', () => {
    const { status, stdout } = qmc('bench --json');
    expect(status).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: Array<{ what: string; perSecond: number }> };
    const names = ['Sobol', 'Lattice', 'Halton', 'LatinHypercube', 'Iid', 'fwht', 'fftbr', 'inverseNormal'];
    expect(rows.map(({ what }) => what)).toEqual(names);
    for (const { perSecond } of rows) expect(perSecond).toBeGreaterThan(0);
  });
});

describe('wrong usage is one sentence, and exit code 2', () => {
  it.each([
    ['nope', 'expected points, integrate or bench, got "nope"'],
    ['points -d 3', '--count: expected one, got none'],
    ['points -n 3', '--dimension: expected one, got none'],
    ['points -d 0 -n 4', '--dimension: expected an integer from 1 to 21201, got 0'],
    ['points -d 22000 -n 4', '--dimension: expected an integer from 1 to 21201, got 22000'],
    ['points -d 2 -n 0', '--count: expected a positive integer, got 0'],
    ['points -d 2 -n 1.5', '--count: expected an integer, got "1.5"'],
    ['points -d 2 -n many', '--count: expected a number, got "many"'],
    ['points -d 2 -n 4 --start -1', '--start: expected an integer from 0, got -1'],
    ['points -d 2 -n 4294967297', '--count: there are 4294967296 points, got 4294967297 as the end'],
    ['points -d 2 -n 4 --seed -1', '--seed: expected an integer from 0, got "-1"'],
    ['points -d 2 -n 4 --seed 1e3', '--seed: expected an integer from 0, got "1e3"'],
    [
      'points -d 2 -n 4 --sequence faure',
      '--sequence: expected sobol, lattice, halton, korobov, lhs, iid, got "faure"',
    ],
    [
      'points -d 2 -n 4 --sequence toString',
      '--sequence: expected sobol, lattice, halton, korobov, lhs, iid, got "toString"',
    ],
    ['points -d 2 -n 4 --sequence iid --order gray', '--order: iid points have no such option'],
    [
      'points -d 2 -n 4 --randomize shift',
      "--randomize: expected 'lms+ds', 'lms', 'ds', 'none', 'owen' or 'owen-tree', got \"shift\"",
    ],
    ['points -d 2 -n 4 --format xml', '--format: expected csv or json, got "xml"'],
    ['points -d 2 -n 4 --bounds 1', '--bounds: expected two numbers, got "1"'],
    ['points -d 2 -n 4 --bounds 1,0', '--bounds: expected LO < HI, got "1,0"'],
    ['points -d 2 -n 4 --bounds 0,', '--bounds: expected a number, got ""'],
    ['points -d 2 -n 4 --bounds 0,1 --bounds 0,1 --bounds 0,1', '--bounds: expected one or 2 (as --dimension), got 3'],
    ['points -d 2 -n 4 --out no/such/folder', /^ENOENT: no such file or directory, open '.*no\/such\/folder'$/],
    ['points -d 2 -n 4 --foo', "Unknown option '--foo'"],
    ['points -d 2 -n 4 extra', /^Unexpected argument 'extra'/],
    ['integrate --tol 1 -d 2', '--function: expected one, or a --module, and not both'],
    [
      'integrate --tol 1 -d 2 --function keister --module f.mjs',
      '--function: expected one, or a --module, and not both',
    ],
    [
      'integrate --tol 1 -d 2 --function nope',
      '--function: expected keister, genz-oscillatory, genz-corner-peak, box, ishigami, got "nope"',
    ],
    ['integrate --tol 1 --function keister', '--dimension: expected one, got none'],
    ['integrate --tol 1 --function keister -d 0', '--dimension: expected a positive integer, got 0'],
    ['integrate --tol 1 --function ishigami -d 2', '--dimension: expected 3, got 2'],
    ['integrate --tol 1 --function box -d 2 --kind 4', '--kind: expected 1, 2 or 3, got 4'],
    ['integrate --function keister -d 2', '--tol: expected a positive number, or one as --rel-tol, got neither'],
    ['integrate --tol 0 --function keister -d 2', '--tol: expected a positive number, got 0'],
    ['integrate --rel-tol -1 --function keister -d 2', '--rel-tol: expected a positive number, got -1'],
    ['integrate --tol NaN --function keister -d 2', '--tol: expected a number, got "NaN"'],
    ['integrate --tol 1 --function keister -d 2 --alpha 1', '--alpha: expected a number from 1e-100 to 0.5, got 1'],
    [
      'integrate --tol 1 --function keister -d 2 --n-init 8 --n-max 4',
      '--n-init: expected an integer from 1 to 4, got 8',
    ],
    ['integrate --tol 1 --function keister -d 2 --replications 1', 'points: expected at least 2 replications, got 1'],
    [
      'integrate --tol 1 --function keister -d 2 --randomize none',
      'points: expected a randomisation that makes every point uniform, by a shift or permutations',
    ],
    ['integrate --tol 1 -d 2 --module no.mjs', /^--module: Cannot find module '.*no\.mjs'/],
    ['bench --fast', "Unknown option '--fast'"],
  ] as Array<[string, string | RegExp]>)('qmc %s', (line, message) => {
    const { status, stdout, stderr } = qmc(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^qmc: [^\n]+\n$/);
    const said = stderr.slice('qmc: '.length, -1);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});

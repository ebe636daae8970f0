// qmc integrate: an integral to a tolerance, with its history, its bound and, where it is known, its true error.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { integrate as integral } from '@gossamer/qmc';
import { INTEGRANDS } from './integrands.mjs';
import { integer, needed, number, POINT_HELP, POINT_OPTIONS, pointSetOf, read, Usage, WHOLE } from './options.mjs';

const HELP = `Integrates a function over [0, 1)^d until the error bound is within a tolerance.

  qmc integrate --function keister -d 3 --tol 1e-3
  qmc integrate --module ./f.mjs -d 5 --rel-tol 1e-4 --sequence lattice

  --function NAME
${Object.entries(INTEGRANDS)
  .map(([name, { about }]) => `      ${name.padEnd(17)}${about}`)
  .join('\n')}
  --kind K           of Genz' coefficients: 1 (unless told), 2 or 3
  --exponent S       of the box integral, 1 unless told
  --module FILE      a module whose default export is the integrand: a function of one point, or
                     { batch: (x, n) => values }; it may export its dimension and the exact integral as well
  --tol E            the error that is allowed
  --rel-tol E        the same as a part of the integral; one of the two is needed, with both the larger is allowed
${POINT_HELP}
  --replications R   independent replications, 16 unless told
  --n-init N         points in each to begin with, 256 unless told
  --n-max N          points in each at most, 2^20 unless told; korobov and lhs: how many there are, 4096 unless told
  --alpha A          the chance that the bound is too small, 0.01 unless told
  --json             the result as JSON
`;

/** @param {string[]} args */
export async function integrate(args) {
  const text = { type: 'string' };
  const { size: _, ...pointOptions } = POINT_OPTIONS;
  const own = {
    function: text,
    kind: text,
    exponent: text,
    module: text,
    tol: text,
    'rel-tol': text,
    replications: text,
  };
  const limits = { 'n-init': text, 'n-max': text, alpha: text, json: { type: 'boolean' } };
  const values = read(args, { ...pointOptions, ...own, ...limits });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const job = await jobOf(values);
  const whole = WHOLE.includes(values.sequence) || values.order === 'linear';
  const nMax = integer('--n-max', values['n-max']) ?? (whole ? 4096 : undefined);
  const replications = integer('--replications', values.replications) ?? 16;
  const points = await pointSetOf({ ...values, dimension: String(job.dimension) }, { size: nMax, replications });
  const options = {
    points,
    absTol: number('--tol', values.tol),
    relTol: number('--rel-tol', values['rel-tol']),
    alpha: number('--alpha', values.alpha),
    nInit: integer('--n-init', values['n-init']) ?? (whole ? nMax : undefined),
    nMax,
  };
  if (options.absTol === undefined && options.relTol === undefined) {
    throw new Usage('--tol: expected a positive number, or one as --rel-tol, got neither');
  }
  const show = values.json ? () => {} : table(job, values.sequence, options);
  const result = await integral(job.integrand, { ...options, onProgress: show });
  const { exact } = job;
  const error = exact === undefined ? undefined : Math.abs(result.mean - exact);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...result, exact, error })}\n`);
  else process.stdout.write(summary(result, exact, error));
  for (const warning of result.warnings) process.stderr.write(`qmc: ${warning}\n`);
  return result.converged ? 0 : 1;
}

/** The integrand, its dimension and, if it is known, its integral. */
async function jobOf(values) {
  const dimension = integer('--dimension', values.dimension);
  if ((values.function === undefined) === (values.module === undefined)) {
    throw new Usage('--function: expected one, or a --module, and not both');
  }
  if (values.module !== undefined) {
    const module = await import(pathToFileURL(resolve(values.module)).href).catch((error) => {
      throw error?.code === 'ERR_MODULE_NOT_FOUND' ? new Usage(`--module: ${error.message}`) : error;
    });
    if (typeof module.default !== 'function' && typeof module.default?.batch !== 'function') {
      throw new Usage(`--module: expected a function or { batch } as the default export of ${values.module}`);
    }
    const { default: integrand, exact } = module;
    return { name: values.module, integrand, exact, dimension: needed('--dimension', dimension ?? module.dimension) };
  }
  const name = values.function;
  if (!Object.hasOwn(INTEGRANDS, name)) {
    throw new Usage(`--function: expected ${Object.keys(INTEGRANDS).join(', ')}, got ${JSON.stringify(name)}`);
  }
  const kind = integer('--kind', values.kind) ?? 1;
  if (![1, 2, 3].includes(kind)) throw new Usage(`--kind: expected 1, 2 or 3, got ${kind}`);
  const d = needed('--dimension', dimension ?? (name === 'ishigami' ? 3 : undefined));
  if (d < 1 || (name === 'ishigami' && d !== 3)) {
    throw new Usage(`--dimension: expected ${name === 'ishigami' ? 3 : 'a positive integer'}, got ${d}`);
  }
  const known = INTEGRANDS[name].make(d, { kind, exponent: number('--exponent', values.exponent) ?? 1 });
  return { name, dimension: d, ...known };
}

/** Prints a line per doubling, and before the first what is integrated. */
function table({ name, dimension }, sequence, { points, alpha = 0.01 }) {
  const confidence = `${Number((100 * (1 - alpha)).toPrecision(6))} %`;
  const head = `${name}, d = ${dimension}: ${points.replications} replications of ${sequence} points`;
  let before = `${head}\n\n${'n'.padStart(9)}  ${'estimate'.padEnd(22)}  bound (${confidence})    seconds\n`;
  return ({ n, mean, bound, seconds }) => {
    const columns = [String(n).padStart(9), String(mean).padEnd(22), bound.toExponential(2).padEnd(14)];
    process.stdout.write(`${before}${columns.join('  ')}  ${seconds.toFixed(3)}\n`);
    before = '';
  };
}

function summary({ mean, bound, evaluations, seconds, converged }, exact, error) {
  const lines = [
    ['estimate', mean],
    ['bound', `${bound.toExponential(2)}${converged ? '' : ', which is not within the tolerance'}`],
    ...(exact === undefined ? [] : [['exact', exact]]),
    ...(error === undefined ? [] : [['error', error.toExponential(2)]]),
    ['values', `${evaluations} in ${seconds.toFixed(3)} s`],
  ];
  return `\n${lines.map(([name, value]) => `${name.padEnd(9)} ${value}\n`).join('')}`;
}

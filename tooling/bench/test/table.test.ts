import { expect, it } from 'vitest';
import { factRow, measuredRow } from '../src/rows.mjs';
import { formatTable, significant } from '../src/table.mjs';

it.each([
  [0, '0'],
  [0.012345, '0.0123'],
  [0.98765, '0.988'],
  [1.2345, '1.23'],
  [45.678, '45.7'],
  [123.456, '123'],
  [123456.7, '123457'],
  [null, ''],
])('writes %d as %s', (value, text) => {
  expect(significant(value)).toBe(text);
});

it('lines up the columns, leaves out what a row does not have, and gathers equal notes', () => {
  const seconds = [1, 1, 1, 1, 1, 1];
  const host = 'a machine';
  const measured = measuredRow({
    id: 'product',
    work: 'a product',
    unit: 'GFLOP/s',
    host,
    ours: { work: 50e9, seconds },
    peerName: 'a peer',
    peer: { work: 25e9, seconds },
    limit: { samples: { work: 60e9, seconds } },
  });
  const fact = (id: string) => factRow({ id, work: 'its size', unit: 'kB', value: 33.333, host, note: 'not packed' });
  expect(formatTable([measured, fact('size'), fact('other')]).split('\n')).toEqual([
    'id       work       ours  unit     peer  ratio  95 % interval  limit  share  peer is',
    '───────  ─────────  ────  ───────  ────  ─────  ─────────────  ─────  ─────  ───────',
    'product  a product  50.0  GFLOP/s  25.0  2.00×  2.00–2.00       60.0   83 %  a peer',
    'size     its size   33.3  kB',
    'other    its size   33.3  kB',
    '  size, other: not packed',
  ]);
});

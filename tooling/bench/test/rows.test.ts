import { expect, it } from 'vitest';
import { checkRow, factRow, measuredRow } from '../src/rows.mjs';

const base = { id: 'product', work: 'a product', unit: 'GFLOP/s', host: 'a machine' };
const samples = (work: number, seconds: number[]) => ({ work, seconds });

it('turns seconds into rates and pairs the rounds of ours, of the peer and of the limit', () => {
  const row = measuredRow({
    ...base,
    ours: samples(4e9, [1, 2, 4, 2, 2, 2]),
    peerName: 'a peer',
    peer: samples(4e9, [2, 4, 8, 4, 4, 4]), // twice our time in every round, whatever the round
    limit: { samples: samples(1e9, [0.125, 0.25, 0.5, 0.25, 0.25, 0.25]) },
  });
  expect(row).toEqual({
    ...base,
    ours: 2,
    peer: 1,
    peerName: 'a peer',
    ratio: 2,
    ratioLow: 2,
    ratioHigh: 2,
    limit: 4,
    limitShare: 0.5,
  });
  checkRow(row);
});

it('compares contenders of different size by their work, and scales a limit by what one unit of work costs', () => {
  const row = measuredRow({
    ...base,
    unit: 'tok/s',
    ours: samples(10, [1, 1, 1, 1, 1, 1]),
    peerName: 'a peer',
    peer: samples(5, [1, 1, 1, 1, 1, 1]),
    limit: { samples: samples(100, [1, 1, 1, 1, 1, 1]), cost: 4 },
  });
  expect(row).toMatchObject({ ours: 10, peer: 5, ratio: 2, limit: 25, limitShare: 0.4 });
});

it.each([
  ['GB/s', 2],
  ['ms', 500],
  ['µs/token', 0.0005],
])('reads half a second of 10⁹ as %s', (unit, value) => {
  expect(measuredRow({ ...base, unit, ours: samples(1e9, [0.5, 0.5, 0.5]) }).ours).toBe(value);
});

it('says why a peer is missing and invents no figure for it', () => {
  const row = measuredRow({
    ...base,
    ours: samples(1e9, [1]),
    peerName: 'a peer',
    peer: { unavailable: 'no network' },
  });
  expect(row).toMatchObject({ ours: 1, peer: null, ratio: null, ratioLow: null, note: 'not available: no network' });
  checkRow(row);
});

it('says how much an interval of few rounds covers', () => {
  const one = samples(1e9, [1, 1, 1]);
  expect(measuredRow({ ...base, ours: one, peerName: 'a peer', peer: one, note: 'quick' }).note).toBe(
    'quick; 3 rounds: the interval covers 75 %',
  );
});

it('holds a fact against its budget', () => {
  const row = factRow({ id: 'size', work: 'its size', unit: 'kB', value: 30, budget: 40, host: 'a machine' });
  expect(row).toMatchObject({ ours: 30, limit: 40, limitShare: 0.75, peer: null });
  checkRow(row);
  checkRow(factRow({ id: 'none', work: 'effects', unit: 'effects', value: 0, budget: 0, host: 'a machine' }));
});

it.each([
  [{ unit: '' }, 'row product: unit: expected a text, got ""'],
  [{ ours: Number.NaN }, 'row product: ours: expected a finite number, got null'],
  [{ limitShare: undefined }, 'row product: limitShare: expected a finite number or null, got undefined'],
  [{ peer: 1, ratio: 1, ratioLow: 1, ratioHigh: 1 }, 'row product: peerName: expected the name of the peer, got null'],
  [{ peer: 1, peerName: 'a peer' }, 'row product: ratio: expected a number exactly when there is a peer, got null'],
  [
    { peer: 1, peerName: 'a peer', ratio: 1, ratioLow: 2, ratioHigh: 3 },
    'row product: ratioLow: expected low ≤ ratio ≤ high, got 2',
  ],
])('refuses a row with %o', (fault, message) => {
  const row = measuredRow({ ...base, ours: samples(1e9, [1]) });
  expect(() => checkRow({ ...row, ...fault })).toThrow(message);
});

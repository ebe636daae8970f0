// From samples to the rows of a result file, and the shape that such a row must have.
import { CONFIDENCE, median, medianInterval } from './statistics.mjs';

/** @typedef {import('./harness.mjs').Samples} Samples */

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} work what was done, with its sizes
 * @property {string} unit of `ours`, `peer` and `limit`
 * @property {number} ours median
 * @property {number | null} peer median; null when the row has no peer or the peer was not available
 * @property {string | null} peerName
 * @property {number | null} ratio how many times faster ours is: median over the rounds
 * @property {number | null} ratioLow
 * @property {number | null} ratioHigh ends of the interval that covers the median ratio with at least 95 %
 * @property {number | null} limit what the machine could do at most, or the budget of a fact
 * @property {number | null} limitShare ours ÷ limit: median over the rounds
 * @property {string} host
 * @property {string} [note] what a reader must know to read the row, `not available: …` for a missing peer
 */

/**
 * How a unit is computed from seconds and the work done in them.
 * @type {Record<string, (seconds: number, work: number) => number>}
 */
const UNITS = {
  'GFLOP/s': (seconds, work) => work / seconds / 1e9,
  'GB/s': (seconds, work) => work / seconds / 1e9,
  'tok/s': (seconds, work) => work / seconds,
  'M/s': (seconds, work) => work / seconds / 1e6,
  ms: (seconds) => seconds * 1e3,
  'ns/(n·log₂n)': (seconds, work) => (seconds / work) * 1e9,
  'µs/token': (seconds, work) => (seconds / work) * 1e6,
};

/**
 * A measured row.
 *
 * @param {object} measured
 * @param {string} measured.id
 * @param {string} measured.work
 * @param {keyof typeof UNITS} measured.unit
 * @param {string} measured.host
 * @param {Samples} measured.ours
 * @param {string} [measured.peerName]
 * @param {Samples | { unavailable: string }} [measured.peer] of the same rounds
 * @param {{ samples: Samples, cost?: number }} [measured.limit] of the same rounds; `cost`: how much of the limit's work one
 *   unit of our work needs at least, 1 unless told
 * @param {string} [measured.note]
 * @returns {Row}
 */
export function measuredRow({ id, work, unit, host, ours, peerName, peer, limit, note }) {
  const value = UNITS[unit];
  const available = peer !== undefined && !('unavailable' in peer);
  const ratio = available ? medianInterval(perWork(peer).map((seconds, i) => seconds / perWork(ours)[i])) : undefined;
  const bound = limit && {
    work: ours.work,
    seconds: perWork(limit.samples).map((seconds) => seconds * (limit.cost ?? 1) * ours.work),
  };
  return {
    id,
    work,
    unit,
    ours: median(ours.seconds.map((seconds) => value(seconds, ours.work))),
    peer: available ? median(peer.seconds.map((seconds) => value(seconds, peer.work))) : null,
    peerName: peerName ?? null,
    ratio: ratio?.median ?? null,
    ratioLow: ratio?.low ?? null,
    ratioHigh: ratio?.high ?? null,
    limit: bound ? median(bound.seconds.map((seconds) => value(seconds, bound.work))) : null,
    limitShare: bound ? median(bound.seconds.map((seconds, i) => seconds / ours.seconds[i])) : null,
    host,
    ...joinNotes(
      note,
      peer !== undefined && !available ? `not available: ${peer.unavailable}` : undefined,
      ratio && ratio.coverage < CONFIDENCE
        ? `${peer.seconds.length} rounds: the interval covers ${Math.round(ratio.coverage * 100)} %`
        : undefined,
    ),
  };
}

/**
 * A row of something that is counted or read, not compared: a size, a start-up time.
 *
 * @param {{ id: string, work: string, unit: string, value: number, budget?: number, host: string, note?: string }} fact
 * @returns {Row}
 */
export function factRow({ id, work, unit, value, budget, host, note }) {
  const share = budget === undefined || budget === 0 ? null : value / budget;
  return {
    id,
    work,
    unit,
    ours: value,
    peer: null,
    peerName: null,
    ratio: null,
    ratioLow: null,
    ratioHigh: null,
    limit: budget ?? null,
    limitShare: share,
    host,
    ...joinNotes(note),
  };
}

const NUMBER_OR_NULL = ['peer', 'ratio', 'ratioLow', 'ratioHigh', 'limit', 'limitShare'];

/** @param {Row} row @throws when it is not the shape that readers of the result file rely on */
export function checkRow(row) {
  const wrong = (key, expected) => {
    throw new TypeError(`row ${row.id}: ${key}: expected ${expected}, got ${JSON.stringify(row[key])}`);
  };
  for (const key of ['id', 'work', 'unit', 'host']) if (typeof row[key] !== 'string' || !row[key]) wrong(key, 'a text');
  if (!Number.isFinite(row.ours)) wrong('ours', 'a finite number');
  for (const key of NUMBER_OR_NULL)
    if (row[key] !== null && !Number.isFinite(row[key])) wrong(key, 'a finite number or null');
  if (row.peer !== null && typeof row.peerName !== 'string') wrong('peerName', 'the name of the peer');
  if ((row.peer === null) !== (row.ratio === null)) wrong('ratio', 'a number exactly when there is a peer');
  if (row.ratio !== null && !(row.ratioLow <= row.ratio && row.ratio <= row.ratioHigh))
    wrong('ratioLow', 'low ≤ ratio ≤ high');
}

const perWork = ({ work, seconds }) => seconds.map((value) => value / work);

function joinNotes(...notes) {
  const text = notes.filter((note) => note !== undefined).join('; ');
  return text === '' ? {} : { note: text };
}

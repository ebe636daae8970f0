// One piece of our work beside its peers and a limit, all in one set of rounds: a row per peer.
import { measuredRow } from '../../rows.mjs';

/** @typedef {import('../../harness.mjs').Contender} Contender */

/**
 * @param {import('../../cli.mjs').Context} context
 * @param {object} comparison
 * @param {string} comparison.id
 * @param {string} comparison.work
 * @param {string} comparison.unit
 * @param {Contender} comparison.ours
 * @param {{ id: string, name: string, contender?: Contender, unavailable?: string }[]} comparison.peers
 * @param {{ contender: Contender, cost?: number }} [comparison.limit]
 * @param {Partial<import('../../harness.mjs').Effort>} [comparison.effort]
 */
export async function compareWithPeers({ harness, host }, { id, work, unit, ours, peers, limit, effort }) {
  const present = peers.filter(({ contender }) => contender !== undefined);
  const contenders = [ours, ...present.map(({ contender }) => contender), ...(limit ? [limit.contender] : [])];
  const [own, ...others] = await harness.compare(work, contenders, effort);
  const bound = limit && {
    limit: { samples: others.at(-1), cost: limit.cost ?? 1 },
    note: `limit: ${limit.contender.name}`,
  };
  const row = (peerId, peerName, peer, rest) =>
    measuredRow({ id: peerId ? `${id}-${peerId}` : id, work, unit, host, ours: own, peerName, peer, ...rest });
  if (peers.length === 0) return [row(undefined, undefined, undefined, bound)];
  return peers.map(({ id: peerId, name, contender, unavailable }, i) => {
    const peer = contender === undefined ? { unavailable } : others[present.findIndex((each) => each.id === peerId)];
    return row(peerId, name, peer, i === 0 ? bound : undefined); // one row tells the limit
  });
}

/**
 * A task of the Python peer as a contender, or why there is none.
 *
 * @param {any} python peer or its absence
 * @param {{ id: string, name: string, task: string, work: number, check: (result: Float64Array) => void, long?: boolean }} what
 * @param {() => Promise<unknown>} prepare
 */
export async function pythonContender(python, { id, name, task, work, check, long }, prepare) {
  if ('unavailable' in python) return { id, name, unavailable: python.unavailable };
  await prepare();
  const contender = {
    name,
    work,
    long,
    check: async () => {
      await python.call('run', { task });
      check(await python.fetch(task, Float64Array));
    },
    time: python.timed(task),
  };
  return { id, name, contender };
}

/** @throws when an element differs by more than `tolerance` */
export function expectNear(got, want, tolerance = 0, what = 'result') {
  if (got.length !== want.length) throw new Error(`${what}: expected ${want.length} numbers, got ${got.length}`);
  for (let i = 0; i < want.length; i++) {
    if (!(Math.abs(got[i] - want[i]) <= tolerance)) {
      throw new Error(`${what}[${i}]: expected ${want[i]} within ${tolerance}, got ${got[i]}`);
    }
  }
}

/** Every one-dimensional projection of n = 2^m points has one point in each interval of length 1/n. */
export function expectStratified(points, dimension) {
  const n = points.length / dimension;
  for (let j = 0; j < dimension; j++) {
    const seen = new Uint8Array(n);
    for (let i = 0; i < n; i++) seen[Math.floor(points[i * dimension + j] * n)]++;
    if (seen.some((count) => count !== 1)) throw new Error(`coordinate ${j} is not stratified`);
  }
}

import { afterEach, expect, it, vi } from 'vitest';
import { Peers } from '../src/peers.mjs';

afterEach(() => vi.unstubAllEnvs());

it('tells why a peer is not available, once, and lets the run go on', async () => {
  vi.stubEnv('GOSSAMER_TORCH_PYTHON', '/nowhere/python');
  const peers = new Peers(() => {});
  const torch = await peers.torch();
  expect(torch).toEqual({ unavailable: expect.stringContaining('cannot start /nowhere/python') });
  expect(await peers.torch()).toBe(torch);
  expect([...peers.missing.keys()]).toEqual(['PyTorch']);
  await peers.stop();
});

it('reports a peer that ends in the middle of a request', async () => {
  vi.stubEnv('GOSSAMER_TORCH_PYTHON', process.execPath); // is no Python: it stops at the first line of the peer's source
  const peers = new Peers(() => {});
  const torch = await peers.torch();
  expect(torch).toEqual({ unavailable: expect.stringMatching(/^torch hello: .* ended with 1: /) });
});

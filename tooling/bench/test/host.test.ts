import { expect, it } from 'vitest';
import { describeHost, hostLine, parseFlags } from '../src/host.mjs';

it('keeps the flags that decide which code runs', () => {
  const cpuinfo = 'processor\t: 0\nflags\t\t: fpu vme sse4_1 avx2 fma ht avx512_vnni rdtscp\nbugs\t\t: none\n';
  expect(parseFlags(cpuinfo)).toEqual(['sse4_1', 'avx2', 'fma', 'avx512_vnni']);
  expect(parseFlags('processor : 0\nFeatures : fp asimd asimddp crc32\n')).toEqual(['asimd', 'asimddp']);
  expect(parseFlags('')).toEqual([]);
});

it('names this host', () => {
  const host = describeHost();
  expect(host).toMatchObject({ node: process.version, threads: 1 });
  expect(hostLine(host)).toBe(`${host.cpu}, Node ${process.version}, 1 thread`);
});

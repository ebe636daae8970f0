import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cached, cacheFolder, repository } from '@gossamer/toolchain/cache';
import { chromiumPath } from '@gossamer/toolchain/chromium';
import { nodeBinary } from '@gossamer/toolchain/node';
import { pnpm } from '@gossamer/toolchain/pnpm';
import { run, ToolError } from '@gossamer/toolchain/run';
import { ensureRust, RUST, WASM_BINDGEN } from '@gossamer/toolchain/rust';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllEnvs());

describe('the cache', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'gossamer-cache-'));
    vi.stubEnv('GOSSAMER_CACHE', join(home, 'cache'));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const make = (text: string) => (folder: string) => writeFile(join(folder, 'file'), text);

  it('is where the environment says, else in the repository', () => {
    expect(cacheFolder()).toBe(join(home, 'cache'));
    vi.stubEnv('GOSSAMER_CACHE', '');
    expect(cacheFolder()).toBe(join(repository, '.cache'));
    expect(existsSync(join(repository, 'pnpm-workspace.yaml'))).toBe(true);
  });

  it('makes a folder once', async () => {
    const first = await cached('tool-1.0.0', make('first'));
    expect(await cached('tool-1.0.0', make('second'))).toBe(first);
    expect(readFileSync(join(first, 'file'), 'utf8')).toBe('first');
    expect(await cached('tool-1.0.1', make('third'))).not.toBe(first);
  });

  it('never takes a half for a whole', async () => {
    const half = async (folder: string): Promise<void> => {
      await make('half')(folder);
      throw new Error('interrupted');
    };
    await expect(cached('tool-1.0.0', half)).rejects.toThrow('interrupted');
    expect(readdirSync(cacheFolder())).toEqual([]);
    expect(readFileSync(join(await cached('tool-1.0.0', make('whole')), 'file'), 'utf8')).toBe('whole');
  });

  it('serves processes that make the same at once', async () => {
    const folders = await Promise.all(['a', 'b', 'c'].map((text) => cached('tool-1.0.0', make(text))));
    expect(new Set(folders).size).toBe(1);
    expect(readdirSync(cacheFolder())).toEqual(['tool-1.0.0']);
  });
});

describe('a program', () => {
  const node = (code: string): Promise<string> => run(process.execPath, ['-e', code]);

  it('gives what it wrote', async () => {
    expect(await node('console.log(1); console.error(2)')).toBe('1\n');
  });

  it('that fails is a sentence with its last words', async () => {
    const failure = node('console.error("no such thing"); process.exit(3)');
    await expect(failure).rejects.toThrow(ToolError);
    await expect(failure).rejects.toThrow(/failed \(exit 3\):\nno such thing$/);
  });

  it('that does not exist is a sentence', async () => {
    await expect(run('gossamer-no-such-program', [])).rejects.toThrow(/^cannot start gossamer-no-such-program:/);
  });
});

describe('tools', () => {
  it.each([20, 22, 24])('Node %i is at hand', async (major) => {
    const version = await run(await nodeBinary(major), ['--version']);
    expect(version).toMatch(new RegExp(`^v${major}\\.`));
  });

  it('a Node that npm does not carry is a sentence', async () => {
    await expect(nodeBinary(19)).rejects.toThrow(/^npm carries no Node 19 for \S+: run this under Node 19 itself$/);
  });

  it('pnpm is the pinned one', async () => {
    const { packageManager } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
    expect(`pnpm@${(await pnpm(['--version'])).trim()}`).toBe(packageManager);
  });

  it('a Chromium that is not there is a sentence', async () => {
    vi.stubEnv('GOSSAMER_CHROMIUM', '/nowhere/chromium');
    await expect(chromiumPath()).rejects.toThrow('GOSSAMER_CHROMIUM names /nowhere/chromium, which does not exist');
  });

  it('a chosen Chromium is taken', async () => {
    vi.stubEnv('GOSSAMER_CHROMIUM', process.execPath);
    expect(await chromiumPath()).toBe(process.execPath);
  });
});

describe('Rust', () => {
  it('is made ready, with the pinned tools first on the PATH', async () => {
    const env = await ensureRust();
    const versions = ['rustc', 'wasm-bindgen'].map((tool) => run(tool, ['--version'], { env }));
    expect(await Promise.all(versions)).toEqual([
      expect.stringContaining(`rustc ${RUST} `),
      `wasm-bindgen ${WASM_BINDGEN}\n`,
    ]);
  });

  it('without rustup is a sentence with what to type', async () => {
    vi.stubEnv('PATH', ['/nowhere', '/nothing'].join(delimiter));
    await expect(ensureRust()).rejects.toThrow(/^Rust is needed to build this package: .*rustup/);
  });

  const crates = ['packages', 'tooling'].flatMap((group) =>
    readdirSync(join(repository, group)).flatMap((name) =>
      ['', 'crate']
        .map((folder) => join(group, name, folder))
        .filter((path) => existsSync(join(repository, path, 'Cargo.toml'))),
    ),
  );
  it.each(crates)('the versions that %s pins are the ones made ready', (crate) => {
    const text = (path: string): string => readFileSync(join(repository, crate, path), 'utf8');
    expect(text('rust-toolchain.toml')).toContain(`channel = "${RUST}"`);
    expect(text('Cargo.toml')).toContain(`wasm-bindgen = "=${WASM_BINDGEN}"`);
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { answers, run, ToolError } from './run.mjs';

const HOMES = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome'],
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].flatMap((folder) =>
    folder
      ? [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Chromium/Application/chrome.exe')]
      : [],
  ),
};

/**
 * The path of a Chromium: `GOSSAMER_CHROMIUM`, else an installed one, else Debian's package where we may install it.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 * @throws {ToolError} when there is none
 */
export async function chromiumPath({ log = () => {} } = {}) {
  const chosen = process.env.GOSSAMER_CHROMIUM;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new ToolError(`GOSSAMER_CHROMIUM names ${chosen}, which does not exist`);
  }
  const installed = findInstalled();
  if (installed) return installed;
  if (process.platform === 'linux' && process.getuid?.() === 0 && (await answers('apt-get'))) {
    log('chromium: installing the chromium package with apt-get (once)');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], { env });
    const fresh = findInstalled();
    if (fresh) return fresh;
  }
  throw new ToolError(
    'Chromium or Chrome is needed for the browser tests: install one (Debian and Ubuntu: sudo apt-get install chromium), or set GOSSAMER_CHROMIUM to the path of its program.',
  );
}

function findInstalled() {
  const homes = HOMES[/** @type {keyof typeof HOMES} */ (process.platform)] ?? [];
  return homes.find((path) => existsSync(path));
}

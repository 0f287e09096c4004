import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { findBrowser } from './find-browser.ts';

/** A way to get a browser onto this machine. */
export interface Installer {
  name: string;
  /** Installs a browser. Whether one is there afterwards, `findBrowser` tells. */
  install(): void;
}

/**
 * Finds a browser for the tests, and tries one installer after the other if there is none.
 *
 * @returns The browser's path, or `undefined` if no installer brought one.
 */
export function ensureBrowser(
  find: () => string | undefined,
  installers: readonly Installer[],
): string | undefined {
  let found = find();
  for (const { name, install } of installers) {
    if (found !== undefined) break;
    print(`No browser for the tests yet: installing Chromium with ${name}, which takes a minute or two …`);
    install();
    found = find();
  }
  return found;
}

const playwright: Installer = {
  name: 'Playwright',
  install() {
    const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
    // Where a firewall drops packets, each of five attempts would wait for 30 s.
    run(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {
      PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '5000',
    });
  },
};

const apt: Installer = {
  name: 'apt-get',
  install() {
    run('apt-get', ['update', '-qq']);
    for (const name of ['chromium-headless-shell', 'chromium']) {
      const options = ['-qqy', '--no-install-recommends'];
      if (run('apt-get', ['install', ...options, name], { DEBIAN_FRONTEND: 'noninteractive' })) return;
    }
  },
};

/** Runs a command for ten minutes at most. When it fails, prints the first line of its errors and returns false. */
function run(command: string, args: readonly string[], environment: Record<string, string> = {}): boolean {
  const { status, stderr, error } = spawnSync(command, args, {
    // biome-ignore lint/style/noProcessEnv: the installer inherits the environment, with its proxy settings
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (status !== 0) print(`It failed: ${error?.message ?? stderr.split('\n')[0]}`);
  return status === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.main) {
  // biome-ignore lint/style/noProcessEnv: the one place where this program reads the environment
  const chosen = process.env.E2E_BROWSER;
  const mayUseApt = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  const installers = chosen ? [] : [playwright, ...(mayUseApt ? [apt] : [])];
  const browser = ensureBrowser(() => findBrowser(chosen), installers);
  if (browser === undefined) {
    process.stderr.write(
      chosen
        ? `E2E_BROWSER is ${chosen}, which is no browser that starts. No test was run.\n`
        : '\nNo browser found, and none could be installed. No test was run.\nInstall Chromium, Chrome or Edge (on Debian, as root: apt-get install chromium), or set E2E_BROWSER=<path>.\n',
    );
    process.exitCode = 1;
  } else {
    print(`Browser: ${browser}`);
  }
}

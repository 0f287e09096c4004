import { spawnSync } from 'node:child_process';
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
  print: (line: string) => void,
): string | undefined {
  let found = find();
  for (const { name, install } of installers) {
    if (found !== undefined) break;
    print(`No browser for the tests yet. Installing Chromium with ${name} …`);
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
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'], {
      DEBIAN_FRONTEND: 'noninteractive',
    });
  },
};

function run(command: string, args: readonly string[], environment: Record<string, string> = {}): void {
  spawnSync(command, args, {
    // biome-ignore lint/style/noProcessEnv: the installer inherits the environment, with its proxy settings
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 600_000,
  });
}

if (import.meta.main) {
  // biome-ignore lint/style/noProcessEnv: the one place where this program reads the environment
  const chosen = process.env.E2E_BROWSER;
  const isRoot = process.getuid?.() === 0;
  const installers = chosen ? [] : [playwright, ...(isRoot ? [apt] : [])];
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const browser = ensureBrowser(() => findBrowser(chosen), installers, print);
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

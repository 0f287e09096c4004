import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { findBrowser } from './find-browser.ts';

// biome-ignore lint/style/noProcessEnv: the one place where this program reads the environment
const chosen = process.env.E2E_BROWSER;
const found = findBrowser(chosen);
if (found === undefined) {
  process.stdout.write('No browser found; installing Chromium with Playwright.\n');
  const cli = createRequire(import.meta.url).resolve('@playwright/test/cli');
  const { status } = spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(
      'Playwright could not install a browser. Install Chromium, Chrome or Edge, or name one with E2E_BROWSER=<path>.\n',
    );
    process.exitCode = 1;
  }
} else {
  process.stdout.write(`Browser: ${found}\n`);
}

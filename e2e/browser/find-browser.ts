import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const systemBrowsers = [
  // Chromium without its window: the tests need a third less CPU time.
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Finds a Chromium that can run the tests: the one that `E2E_BROWSER` names, otherwise the one that Playwright downloaded or
 * one of the system's.
 *
 * @param chosen The value of `E2E_BROWSER`, if set.
 * @returns Its path, or `undefined` if none starts.
 */
export function findBrowser(chosen: string | undefined): string | undefined {
  return (chosen ? [chosen] : [chromium.executablePath(), ...systemBrowsers]).find(starts);
}

/** A browser may be there and not start: a library is missing, or the file only says how to install the browser. */
function starts(path: string): boolean {
  if (!existsSync(path)) return false;
  // On Windows, `--version` opens a window.
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

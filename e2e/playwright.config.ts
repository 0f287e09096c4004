import { defineConfig, devices } from '@playwright/test';
import { findBrowser } from './browser/find-browser.ts';
import { target } from './browser/target.ts';

// biome-ignore lint/style/noProcessEnv: the one place where the tests' environment is read
const { E2E_BROWSER, CI } = process.env;
const executablePath = findBrowser(E2E_BROWSER);

export default defineConfig({
  testDir: target.kind === 'local' ? 'browser' : 'browser/tenant',
  testIgnore: target.kind === 'local' ? `${import.meta.dirname}/browser/tenant/**` : [],
  outputDir: 'test-results',
  // Fails the run if anything secret is logged or answered in it.
  globalSetup: './leaks/test-run.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: CI !== undefined,
  timeout: target.kind === 'local' ? 60_000 : 180_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    ...devices['Desktop Chrome'],
    locale: 'en-GB',
    timezoneId: 'UTC',
    // A trace of a real tenant would hold the password.
    trace: target.kind === 'local' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** MSAL keeps what it first read of a tenant or an identity for the whole process, so these need one of their own. */
const isolated = [
  'apps/on-behalf-of/test/managed-identity.test.ts',
  'e2e/http/client-credentials.test.ts',
  'infra/app-registration/test/sign-in/*.test.ts',
];

// Node.js keeps compiled code there, for the workers and for the processes that tests start.
// biome-ignore lint/style/noProcessEnv: the workers inherit it
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/node');

export default defineConfig({
  test: {
    // Fails the run if anything secret is logged or answered in it.
    globalSetup: 'e2e/leaks/test-run.ts',
    // Many tests wait for a deadline or for another process, and others use their core meanwhile.
    maxWorkers: availableParallelism() + 1,
    // For ending a worker whose test file has ended.
    teardownTimeout: 60_000,
    projects: [
      // What a fork keeps: `pnpm test`. Tests start servers of their own, so files can share workers and what those import.
      project('app', ['{apps,infra}/*/test/**/*.test.ts', 'e2e/http/**/*.test.ts'], {
        isolate: false,
        exclude: ['**/node_modules/**', ...isolated],
      }),
      project('isolated', isolated),
      project('spa', ['apps/spa/src/**/*.test.{ts,tsx}'], { isolate: false, environment: 'happy-dom' }),
      // What only this repository needs: `pnpm test:project`.
      project('project', ['e2e/project/**/*.test.ts'], { testTimeout: 300_000 }),
    ],
  },
});

function project(
  name: string,
  include: string[],
  options: { isolate?: boolean; environment?: string; exclude?: string[]; testTimeout?: number } = {},
) {
  return {
    test: {
      name,
      include,
      // Some tests start whole processes, on machines of any speed.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      restoreMocks: true,
      ...options,
    },
  };
}

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{apps,infra}/*/test/**/*.test.ts', 'e2e/http/**/*.test.ts'],
    // Fails the run if anything secret is logged or answered in it.
    globalSetup: 'e2e/leaks/test-run.ts',
    // Some tests start whole processes, on machines of any speed.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
  },
});

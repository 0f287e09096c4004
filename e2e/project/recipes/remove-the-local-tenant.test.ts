import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { environmentFilesIn, writeEnvironmentFiles } from '@obo/app-registration';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChain } from '../../chain/chain.ts';
import { findFreePort } from '../../chain/serve-spa.ts';
import { run } from './apply.ts';
import { copyWithout, expectTypesToHold, overviewOf } from './recipe.ts';

describe('removing the local tenant as the how-to says', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await copyWithout('docs/how-to/remove-the-local-tenant.md');
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each(['.', 'apps/spa', 'e2e'])('passes the type checks of %s', (project) =>
    expectTypesToHold(join(directory, project)),
  );

  test('removes every reference to its package', () => {
    const sources = globSync('{apps,infra,e2e}/**/*.{ts,tsx,json}', {
      cwd: directory,
      exclude: ['**/node_modules/**'],
    });
    const naming = sources.filter((file) =>
      /@obo\/local-tenant['"]\s*[:;]|from '.*\/local-tenant/.test(
        readFileSync(join(directory, file), 'utf8'),
      ),
    );
    expect(sources.length).toBeGreaterThan(200);
    expect(naming).toEqual([]);
  });

  test('keeps the remaining tests passing', async () => {
    const vitest = join(directory, 'node_modules/vitest/vitest.mjs');
    // biome-ignore lint/style/noProcessEnv: vitest has to find its programs, and must not know that a test runs it
    const env = { PATH: process.env.PATH, NO_COLOR: '1' };
    const { stdout } = await run(process.execPath, [vitest, 'run', 'infra', 'e2e/http'], {
      cwd: directory,
      env,
    });
    expect(stdout).toMatch(/Test Files +\d+ passed/);
  });

  test('keeps the SPA building', async () => {
    const vite = [join(directory, 'apps/spa/node_modules/vite/bin/vite.js'), 'build'];
    await run(process.execPath, vite, { cwd: join(directory, 'apps/spa') });
    expect(globSync('apps/spa/dist/*.html', { cwd: directory })).toHaveLength(2);
  });

  test('lets start run the apps against a tenant, and makes register reject --local', {
    timeout: 120_000,
  }, async () => {
    const chain = await startChain();
    const files = environmentFilesIn(join(directory, '.data/tenant'));
    const [spa, middleTierApi, downstreamApi] = await Promise.all([
      findFreePort(),
      findFreePort(),
      findFreePort(),
    ]);
    const urls = {
      middleTier: `http://localhost:${middleTierApi}`,
      downstream: `http://localhost:${downstreamApi}`,
    };
    const { environments } = chain;
    await writeEnvironmentFiles(files, {
      spa: { ...environments.spa, SPA_PORT: `${spa}`, API_BASE_URL: urls.middleTier },
      middleTierApi: {
        ...environments.middleTierApi,
        PORT: `${middleTierApi}`,
        ALLOWED_ORIGINS: `http://localhost:${spa}`,
        DOWNSTREAM_API_BASE_URL: urls.downstream,
      },
      downstreamApi: { ...environments.downstreamApi, PORT: `${downstreamApi}` },
      cli: { ...environments.cli, API_BASE_URL: urls.middleTier },
    });
    const start = spawn(process.execPath, ['infra/start/src/main.ts'], {
      cwd: directory,
      env: { ...observedEnvironment(), NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(start, 'close');
    const lines = createInterface({ input: start.stdout }).on('line', observeLog);
    try {
      await new Promise<void>((resolve, reject) => {
        lines.on('line', (line) => line.includes('Ctrl-C stops everything') && resolve());
        ended.then(() => reject(new Error('start ended before it was ready')));
      });
      expect((await overviewOf(chain, { url: urls.middleTier })).body).toMatchObject({
        profile: { state: 'ok' },
        leave: { state: 'ok' },
      });
      const register = [join(directory, 'infra/app-registration/src/main.ts'), '--local', '--yes'];
      await expect(run(process.execPath, register)).rejects.toThrow(/there is no local tenant/);
    } finally {
      start.kill('SIGTERM');
      await ended;
      await chain.close();
    }
  });
});

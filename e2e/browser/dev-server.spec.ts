import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { observedEnvironment } from '@obo/service-defaults/testing';
import { startChain } from '../chain/chain.ts';
import { findFreePort } from '../chain/serve-spa.ts';
import { expect, test } from './fixtures.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

const spaDirectory = resolve(import.meta.dirname, '../../apps/spa');

/** Starts Vite's development server in its own process, as `start` does, and waits until it is ready. */
async function startDevServer(environment: Readonly<Record<string, string>>) {
  const server = spawn(process.execPath, [join(spaDirectory, 'node_modules/vite/bin/vite.js')], {
    cwd: spaDirectory,
    env: { ...observedEnvironment(), NODE_ENV: 'development', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(server, 'exit');
  const readiness = `http://localhost:${environment.SPA_PORT}/readyz`;
  await expect(async () => expect((await fetch(readiness)).status).toBe(200)).toPass({ timeout: 60_000 });
  return {
    async close() {
      server.kill();
      await exited;
    },
  };
}

test('the development server signs a user in once, from an empty cache and in StrictMode, without a reload', async ({
  page,
}) => {
  // The development server transforms each module on its first request, which takes a while on a busy machine.
  test.slow();
  const port = await findFreePort();
  const spaUrl = `http://localhost:${port}`;
  const cache = await mkdtemp(join(tmpdir(), 'spa-'));
  const chain = await startChain({ spaUrl });
  const server = await startDevServer({
    ...chain.environments.spa,
    SPA_PORT: String(port),
    DATA_DIRECTORY: cache,
  });
  try {
    const bundledDependencies = () => readFile(join(cache, 'deps/_metadata.json'), 'utf8');
    const bundledWhenReady = await bundledDependencies();
    expect(bundledWhenReady, "React's development build, which mounts twice in StrictMode").toContain(
      'react/jsx-dev-runtime',
    );

    const documents: string[] = [];
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === spaUrl && request.isNavigationRequest() && request.frame() === page.mainFrame())
        documents.push(pathname);
    });
    const { authorization_code } = chain.tenant.requests;
    const signIn = new SignInPages(page);
    await signIn.start(priya.mail, spaUrl);
    await signIn.accept();
    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible({
      timeout: 60_000,
    });
    await page.waitForLoadState('networkidle');

    expect(documents).toEqual(['/', '/redirect.html', '/']);
    expect(chain.tenant.requests.authorization_code).toBe(authorization_code + 1);
    expect(await bundledDependencies()).toBe(bundledWhenReady);
  } finally {
    await page.goto('about:blank');
    await server.close();
    await chain.close();
    await rm(cache, { recursive: true });
  }
});

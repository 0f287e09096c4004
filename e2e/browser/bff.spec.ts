import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSpaConfig } from '@obo/spa/vite';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { startBffChain } from '../chain/bff.ts';
import { setLeavePolicy } from '../chain/conditional-access.ts';
import { test as base, expect } from './fixtures.ts';
import { takeJourney } from './journey.ts';
import { landingPage } from './landing-page.ts';
import { dayOfJune } from './leave-days.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

const test = base.extend({
  // The same fixtures, with the backend for frontend in place of the SPA's web server.
  chain: [
    async ({ calendar }, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'spa-'));
      const config = createSpaConfig({ configuration: null, tokens: 'server' });
      await build({
        ...config,
        build: { ...config.build, outDir: directory, emptyOutDir: true },
        logLevel: 'error',
      });
      const chain = await startBffChain(directory, {}, { calendar });
      await use({ ...chain, spaUrl: chain.bffUrl });
      await chain.close();
      await rm(directory, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

const jwt = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}/;

/** Returns everything that scripts of the page can reach: its storage, cookies and memory. */
async function readPage(page: Page): Promise<{ stored: string; memory: string }> {
  const stored = await page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      await indexedDB.databases(),
      await caches.keys(),
    ]),
  );
  const session = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return { stored, memory: chunks.join('') };
}

/** Returns the cookies of the page's server. Those of the tenant have the same host, and cookies know no ports. */
const ownCookies = async (page: Page) =>
  (await page.context().cookies()).filter(({ name }) => name.startsWith('__Host-'));

test('a user takes the whole journey, and no token reaches the browser', async ({
  page,
  signIn,
  baseURL,
}) => {
  const origin = baseURL ?? '';
  const bodies: Promise<string>[] = [];
  const addresses: string[] = [];
  page.on('response', (response) => {
    if (!response.url().startsWith(origin) || response.status() >= 300) return;
    bodies.push(response.text().catch(() => ''));
  });
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) addresses.push(frame.url());
  });

  await takeJourney(page, {
    async signIn(arrived) {
      await signIn.complete(priya.mail);
      await expect(arrived).toBeVisible();
    },
    async signOut() {
      const { stored, memory } = await readPage(page);
      expect(stored).not.toMatch(jwt);
      expect(memory.length).toBeGreaterThan(1_000_000);
      // Not compared by matchers, which would print all of it.
      expect([memory.includes('Priya Raman'), jwt.test(memory)]).toEqual([true, false]);
      const cookies = await ownCookies(page);
      expect(cookies).toMatchObject([
        { name: '__Host-session', httpOnly: true, secure: true, sameSite: 'Strict', path: '/' },
      ]);
      expect(memory.includes(cookies[0]?.value ?? '')).toBe(false);
      await signIn.signOut();
    },
  });

  await expect(page.getByRole('status')).toContainText('Your tokens were removed from the server.');
  expect(await ownCookies(page)).toEqual([]);
  expect((await Promise.all(bodies)).join('\n')).not.toMatch(jwt);
  const ours = addresses.filter((address) => address.startsWith(origin));
  expect(ours.length).toBeGreaterThan(2);
  for (const address of ours) expect(new URL(address).search + new URL(address).hash).toBe('');
});

test('the search of the memory finds a token that is there', async ({ page, baseURL }) => {
  await page.goto(baseURL ?? '');
  await expect(landingPage(page)).toBeVisible();
  await page.evaluate(() => {
    const part = () => btoa(JSON.stringify({ typ: 'JWT', random: Math.random() })).replaceAll('=', '');
    Reflect.set(window, 'planted', [part(), part(), 'signature'].join('.'));
  });
  expect(jwt.test((await readPage(page)).memory)).toBe(true);
});

test('a request for leave that a challenge interrupts is sent after it, once', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail, '/leave/new');
  await expect(page.getByText('will review it.')).toBeVisible();
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(1));
  await page.getByLabel('Note').fill('Interrupted');
  setLeavePolicy(chain);
  await chain.renewMiddleTier();
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('alert')).toContainText('Verify your identity');
  await page.getByRole('button', { name: 'Verify your identity' }).click();
  await new SignInPages(page).enterCode();

  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await expect(page.getByRole('status').getByText(/^Leave requested/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Leave' }).getByRole('listitem')).toHaveText(/Interrupted/);
});

test('consent that the user declines is explained, and asked for again', async ({ page, signIn }) => {
  await signIn.start(priya.mail);
  await signIn.decline();
  await expect(landingPage(page)).toBeVisible();
  await expect(page.getByRole('status')).toContainText('You did not give your consent');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signIn.accept();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('signing out of another app, such as Office, ends the session here', async ({ page, signIn, chain }) => {
  await signIn.complete(priya.mail);
  const profile = page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman');
  await expect(profile).toBeVisible();
  const [cookie] = await ownCookies(page);

  await page.goto(chain.tenant.authorityMetadata.end_session_endpoint);
  await expect(page.getByRole('heading', { name: 'You signed out of your account' })).toBeVisible();
  await page.goto(chain.spaUrl);
  await expect(landingPage(page)).toBeVisible();
  expect(
    await ownCookies(page),
    'the frame of another site has no cookies, so the session ended on the server',
  ).toEqual([cookie]);
});

test('signing out in one tab signs out the other ones, and a session that ended asks to sign in again', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail);
  const profile = page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman');
  await expect(profile).toBeVisible();
  const other = await page.context().newPage();
  await other.goto('/');
  await expect(other.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await signIn.signOut();
  await expect(landingPage(other)).toBeVisible();
  await other.close();

  await signIn.start(priya.mail);
  await expect(profile).toBeVisible();
  await page.context().clearCookies({ name: '__Host-session' });
  await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(0));
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('alert')).toContainText('Your session has expired');
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page.getByRole('status').getByText(/^Leave requested/)).toBeVisible();
  expect(chain.tenant.requests.authorization_code).toBeGreaterThan(1);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { password } from '@obo/local-tenant';
import { createSpaConfig } from '@obo/spa/vite';
import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { build } from 'vite';
import { landingPage } from '../../browser/landing-page.ts';
import { dayOfJune } from '../../browser/leave-days.ts';
import { priya, SignInPages } from '../../browser/sign-in-pages.ts';
import { startChain } from '../../chain/chain.ts';
import { findFreePort, serveSpa } from '../../chain/serve-spa.ts';
import { createTextFixer, fixTimes, tracesSchema } from './fixed-data.ts';
import { pictured, shiftClock } from './shifted-clock.ts';

/** A state of the program that is worth a picture. */
export interface View {
  name: string;
  page: Page;
  /** What the picture shows, without addresses of links: a test compares it with the program. */
  text: string;
  /** The picture starts above this; otherwise with the page. */
  start?: Locator | undefined;
  /** The picture ends below this; otherwise with the window. */
  end?: Locator | undefined;
  /** Milliseconds for which the animation shows it; 0 if it is no part of it. */
  animated: number;
  /** Whether it is only a part of the animation. */
  onlyAnimated: boolean;
}

const width = 1024;
const height = 680;

/** The size of the window, in CSS pixels. */
export const windowSize = { width, height };

/** Builds the SPA as it is now. */
async function buildSpa(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'spa-'));
  const config = createSpaConfig({ configuration: null });
  const output = { ...config.build, outDir: directory, emptyOutDir: true };
  await build({ ...config, build: output, logLevel: 'error' });
  return directory;
}

/** Names the services that have sent their spans of the first request. Each sends them on its own, seconds later. */
async function servicesInTrace(tenantUrl: string): Promise<string[]> {
  const traces = tracesSchema.parse(await (await fetch(`${tenantUrl}/local-tenant/traces`)).json());
  const first = traces.find(({ spans }) => spans.some(({ name }) => name === 'token_request'));
  return [...new Set(first?.spans.map(({ service }) => service))].sort();
}

/**
 * Builds the SPA, signs in, opens every page that the docs picture, and sets up a failure.
 *
 * @param show Called in each state; the next one follows when it is done.
 */
export async function visit(browser: Browser, show: (view: View) => Promise<void>): Promise<void> {
  const built = await buildSpa();
  const ahead = pictured - Date.now();
  const resetClock = shiftClock(ahead);
  const port = await findFreePort();
  const spaUrl = `http://localhost:${port}`;
  const chain = await startChain({ spaUrl, tracesInControlRoom: true, calendar: true });
  const tenantUrl = new URL(chain.tenant.graphBaseUrl).origin;
  const environment = {
    ...chain.environments.spa,
    REQUEST_URL: `${tenantUrl}/#conversation/{correlationId}`,
  };
  const spa = await serveSpa(environment, port, built);
  const context = await browser.newContext({
    viewport: windowSize,
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  try {
    await context.addInitScript(shiftClock, ahead);
    await fixTimes(context, chain, tenantUrl);
    const fixText = createTextFixer(chain, spaUrl, tenantUrl);
    const page = await context.newPage();
    const showPage = async (name: string, options: Partial<View> & { content?: Locator } = {}) => {
      const { page: shown = page, content = shown.getByRole('main'), ...view } = options;
      await shown.bringToFront();
      await shown.mouse.move(0, 0);
      await fixText(shown);
      const text = `${await content.ariaSnapshot()}\n`.replace(/^ *- \/url: .*\n/gm, '');
      await show({ name, page: shown, text, animated: 0, onlyAnimated: false, ...view });
    };
    // Registration is no part of what the pages show.
    await fetch(`${tenantUrl}/local-tenant/messages`, {
      method: 'DELETE',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });

    const signIn = new SignInPages(page);
    await page.goto(spaUrl);
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled();
    await showPage('landing', { animated: 1800, onlyAnimated: true });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Pick an account' })).toBeVisible();
    await showPage('sign-in', { animated: 1800 });
    await page.getByRole('button', { name: priya.displayName }).click();
    await signIn.password.fill(password);
    await showPage('password', { animated: 1400, onlyAnimated: true });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(signIn.consent).toBeVisible();
    await showPage('consent', { animated: 2400 });
    const responded = page.waitForResponse(
      (response) => response.url().endsWith('/api/overview') && response.request().method() === 'GET',
    );
    await signIn.accept();
    const correlationId = (await (await responded).headerValue('x-correlation-id')) ?? '';
    const profile = page.getByRole('region', { name: 'Profile' });
    await expect(profile.getByText(priya.displayName)).toBeVisible();
    await expect(profile.getByRole('img').or(profile.locator('img')).first()).toBeVisible();
    await showPage('overview', { animated: 3200, end: profile });

    await page.getByRole('link', { name: 'How it works' }).click();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await expect(page.getByRole('columnheader', { name: 'Latest request' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Refresh' })).toBeEnabled();
    await showPage('how-it-works', {
      start: page.getByRole('article').first(),
      end: page.getByRole('region', { name: 'Step by step' }),
    });

    const room = await context.newPage();
    const openRoom = async (fragment: string, shown: Locator) => {
      await room.goto('about:blank');
      await room.goto(`${tenantUrl}/#${fragment}`);
      await expect(shown).toBeVisible();
      await expect(room.getByRole('status').filter({ hasText: 'Live' })).toBeVisible();
    };
    const messages = room.locator('.messages > li');
    await openRoom(`conversation/${correlationId}`, messages.nth(4));
    const detail = room.locator('.detail');
    await showPage('conversation', { page: room, content: detail, end: messages.nth(1), animated: 3200 });

    const claims = room.locator('#view-tokens tbody tr');
    await openRoom(`tokens/${correlationId}`, claims.first());
    const findings = room.locator('#view-tokens .findings');
    await showPage('tokens', { page: room, content: findings, end: claims.nth(2), animated: 3600 });

    await expect
      .poll(() => servicesInTrace(tenantUrl), { timeout: 60_000 })
      .toEqual(['downstream-api', 'local-tenant', 'middle-tier-api', 'spa']);
    const trace = room.locator('details.trace[open]');
    await openRoom(`traces/${correlationId}`, trace);
    const rows = trace.getByRole('row');
    await showPage('traces', { page: room, content: trace, start: trace, end: rows.last() });

    const cards = room.locator('#view-switches .cards').first();
    await openRoom('switches', cards.getByRole('button').first());
    const card = cards.locator('> *').first();
    await showPage('switches', { page: room, content: card, end: card });

    await openRoom('failure-lab', room.getByRole('heading', { name: 'Consent is missing in the exchange' }));
    await room.locator('#view-failure-lab .cards button').first().click();
    await expect(room.getByRole('button', { name: 'Cure it' })).toBeVisible();
    await signIn.signOut();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn.enter(priya.mail);
    await expect(profile.getByRole('alert')).toBeVisible();
    await expect(landingPage(page)).toBeHidden();
    await showPage('overview-consent-missing', { end: profile });

    const current = room.locator('#view-failure-lab .current');
    await openRoom('failure-lab', current.getByText('AADSTS65001').first());
    await expect(current.locator('ol li').nth(1)).toBeVisible();
    await showPage('failure-lab', { page: room, content: current, start: current, end: current });

    await page.bringToFront();
    await page.getByRole('button', { name: 'Give consent' }).click();
    await signIn.accept();
    await expect(profile.getByText(priya.displayName)).toBeVisible();
    await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
    await page.getByLabel('First day').fill(dayOfJune(0));
    await page.getByLabel('Last day').fill(dayOfJune(4));
    await page.getByRole('checkbox').check();
    const send = page.getByRole('button', { name: 'Send request' });
    await showPage('request-leave', { end: send });
    await send.click();
    await page.getByRole('button', { name: 'Continue to Microsoft' }).click();
    await expect(signIn.consent).toBeVisible();
    await showPage('calendar-consent', { end: page.getByRole('button', { name: 'Accept' }) });
    await signIn.accept();
    await expect(page.getByRole('status').getByText('adds it to your calendar')).toBeVisible();
    await page.getByRole('link', { name: 'While away' }).click();
    const stop = page.getByRole('button', { name: 'Stop' });
    await expect(stop).toBeVisible();
    await showPage('while-you-are-away', { end: page.getByText('If you stop it') });
  } finally {
    await context.close();
    await spa.close();
    await chain.close();
    await rm(built, { recursive: true });
    resetClock();
  }
}

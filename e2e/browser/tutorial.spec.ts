import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { landingPage } from './landing-page.ts';
import { SignInPages } from './sign-in-pages.ts';

const tutorial = readFileSync(join(import.meta.dirname, '../../docs/tutorial/follow-a-request.md'), 'utf8');
const [, seeTheTokens = '', understandTheIdea = '', , experiment = ''] = tutorial.split(/^## /m);

/** Returns the names of the controls that a part of the tutorial tells the reader to choose: they are in bold. */
const controlsIn = (part: string) =>
  new Set([...part.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name.replaceAll(/\s+/g, ' ')));

/** A reader who follows the tutorial, with the SPA in one tab and the control room in another. */
class Reader {
  readonly chosen = new Set<string>();
  readonly spa: Page;
  readonly room: Page;
  readonly #roomUrl: string;

  constructor(spa: Page, room: Page, roomUrl: string) {
    this.spa = spa;
    this.room = room;
    this.#roomUrl = roomUrl;
  }

  /** Chooses the control with a name from the tutorial. `about` follows it in the control's accessible name. */
  async choose(page: Page, name: string, about = ''): Promise<void> {
    this.chosen.add(name);
    await page.bringToFront();
    const starts = new RegExp(`^${name}${about}`);
    await page
      .getByRole('button', { name: starts })
      .or(page.getByRole('link', { name: starts }))
      .first()
      .click();
  }

  async openRoom(view: string): Promise<void> {
    await this.room.bringToFront();
    await this.room.goto(`${this.#roomUrl}/#${view}`);
  }

  async signIn(): Promise<void> {
    await this.choose(this.spa, 'Sign in');
    await this.choose(this.spa, 'Priya Raman');
    await this.spa.getByLabel('Password').fill('local-password');
    await this.spa.getByRole('button', { name: 'Sign in' }).click();
  }

  async signInAgain(): Promise<void> {
    await this.choose(this.spa, 'Sign out');
    await expect(landingPage(this.spa)).toBeVisible();
    await this.signIn();
  }

  async reload(): Promise<void> {
    await this.spa.bringToFront();
    await this.spa.reload();
  }

  readonly alertIn = (section: 'Profile' | 'Leave') =>
    this.spa.getByRole('region', { name: section }).getByRole('alert');

  async seesProfile(): Promise<void> {
    await expect(
      this.spa.getByRole('region', { name: 'Profile' }).getByText('Priya Raman', { exact: true }),
    ).toBeVisible();
  }

  async seesLeave(): Promise<void> {
    await expect(
      this.spa.getByRole('region', { name: 'Leave' }).getByText('You have not requested any leave.'),
    ).toBeVisible();
  }

  async seesOverview(): Promise<void> {
    await this.seesProfile();
    await this.seesLeave();
  }

  /** The messages that the failure lab lists. */
  readonly happened = () => this.room.locator('.current').getByRole('list');

  readonly claim = (name: string) => this.room.locator(`tr[data-claim="${name}"] td`);
}

async function startReading(page: Page, roomUrl: string): Promise<Reader> {
  await page.route('**/configuration.json', async (route) => {
    const response = await route.fetch();
    const requestUrl = `${roomUrl}/#conversation/{correlationId}`;
    await route.fulfill({ response, json: { ...(await response.json()), requestUrl } });
  });
  const reader = new Reader(page, await page.context().newPage(), roomUrl);
  await page.bringToFront();
  await page.goto('/');
  await reader.signIn();
  await expect(page.getByRole('heading', { name: 'Permissions requested' })).toBeVisible();
  await reader.choose(page, 'Accept');
  await reader.seesOverview();
  return reader;
}

const roomUrlOf = ({ tenant }: { tenant: { graphBaseUrl: string } }) => new URL(tenant.graphBaseUrl).origin;

test.beforeEach(async ({ chain }) => {
  // New instances know no keys, and have no circuit that an earlier failure opened.
  chain.stopDownstreamApi();
  chain.startDownstreamApi();
  await chain.renewMiddleTier();
});

test('parts 1 and 2 of the tutorial can be followed', async ({ page, chain }) => {
  const reader = await startReading(page, roomUrlOf(chain));
  const { room, spa } = reader;
  await reader.openRoom('tokens');
  const audiences = await reader.claim('aud').allInnerTexts();
  expect(new Set(audiences.slice(1)).size, 'A, B and C have three audiences').toBe(3);
  expect(new Set(await reader.claim('oid').allInnerTexts()).size).toBe(1);
  const [, a, b, c] = await reader.claim('azp').allInnerTexts();
  expect(a).toBe(chain.environments.spa.CLIENT_ID);
  expect([b, c]).toEqual(Array(2).fill(chain.environments.middleTierApi.CLIENT_ID));
  expect(new Set((await reader.claim('scp').allInnerTexts()).slice(1)).size).toBe(3);

  await expect(room.getByRole('heading', { name: 'The exchanges' })).toBeVisible();
  await expect(room.getByText('requested_token_use').first()).toBeVisible();

  await reader.choose(spa, 'How it works');
  await reader.choose(spa, 'Refresh');
  await expect(spa.getByRole('columnheader')).toHaveText(['Step', 'First request', 'Latest request']);
  const exchange = spa.getByRole('row', { name: 'Token for Microsoft Graph' });
  await expect(exchange.getByRole('cell')).toHaveText([/ · new$/, /cached/]);
  const opened = page.context().waitForEvent('page');
  await reader.choose(spa, 'See every message of this request');
  const messages = (await opened).locator('.messages h3');
  await expect(messages.first()).toContainText('Call to Microsoft Graph');
  await expect(messages.filter({ hasText: 'Token exchanged' })).toHaveCount(0);

  expect(reader.chosen).toEqual(controlsIn(seeTheTokens + understandTheIdea));
});

/** What a reader does and sees in each experiment, once it is set up. */
const experiments: Record<string, (reader: Reader) => Promise<void>> = {
  async 'Consent is missing in the exchange'(reader) {
    await reader.signInAgain();
    await expect(reader.alertIn('Profile')).toContainText('Your consent is needed');
    await reader.seesLeave();
    await expect(reader.happened()).toContainText('AADSTS65001');
    await reader.choose(reader.spa, 'Give consent');
    await reader.choose(reader.spa, 'Accept');
    await reader.seesOverview();
    await reader.choose(reader.room, 'Cure it');
  },
  async 'A policy requires a second factor'(reader) {
    await reader.signInAgain();
    await expect(reader.alertIn('Profile')).toContainText('Verify your identity');
    await expect(reader.happened()).toContainText('AADSTS50076');
    await reader.choose(reader.spa, 'Verify your identity');
    await new SignInPages(reader.spa).enterCode();
    reader.chosen.add('Verify');
    await reader.seesOverview();
    await reader.openRoom('tokens');
    await expect(reader.claim('amr').nth(2)).toContainText('"mfa"');
    await reader.openRoom('failure-lab');
    await reader.choose(reader.room, 'Cure it');
  },
  async 'A policy blocks access'(reader) {
    await reader.signInAgain();
    await expect(reader.alertIn('Profile')).toContainText('A policy of the organization blocks access');
    await expect(reader.alertIn('Profile').getByRole('button')).toHaveCount(0);
    await reader.seesLeave();
    await expect(reader.happened()).toContainText('AADSTS53003');
    await reader.choose(reader.room, 'Cure it');
    await reader.reload();
    await reader.seesOverview();
  },
  async 'The signing key is rolled over'(reader) {
    await reader.signInAgain();
    await reader.seesOverview();
    const fetched = reader.happened().getByRole('listitem').filter({ hasText: 'Signing keys' });
    await expect(fetched).toHaveCount(2);
    await reader.choose(reader.room, 'Cure it');
  },
  async 'The downstream API is down'(reader) {
    await reader.reload();
    await expect(reader.alertIn('Leave')).toContainText('The downstream API is not responding');
    await reader.seesProfile();
    await reader.choose(reader.spa, 'How it works');
    const latest = (name: string) => reader.spa.getByRole('row', { name }).getByRole('cell').last();
    await expect(latest('Token for the downstream API')).not.toContainText('failed');
    // The section fails with the first of its calls; the others are not reported.
    const failed = reader.spa
      .getByRole('row', { name: 'Downstream API: ' })
      .filter({ hasText: 'unreachable' });
    await expect(failed.first()).toBeVisible();
    await reader.spa.getByRole('link', { name: 'Overview' }).click();
    await reader.choose(reader.room, 'Cure it');
    await expect(async () => {
      await reader.choose(reader.spa, 'Try again');
      await reader.seesLeave();
    }).toPass();
  },
};

test('part 4 of the tutorial can be followed, one experiment after the other', async ({ page, chain }) => {
  test.slow();
  const reader = await startReading(page, roomUrlOf(chain));
  const titles = [...experiment.matchAll(/^### (.+)$/gm)].map(([, title = '']) => title);
  expect(Object.keys(experiments)).toEqual(titles);
  for (const [title, follow] of Object.entries(experiments)) {
    await test.step(title, async () => {
      await reader.openRoom('failure-lab');
      await reader.choose(reader.room, 'Set up', `: ${title}`);
      await expect(reader.room.getByRole('heading', { name: `Set up: ${title}` })).toBeVisible();
      await follow(reader);
      await expect(reader.room.getByRole('heading', { name: `Cured: ${title}` })).toBeVisible();
      if (!(await reader.spa.getByRole('region', { name: 'Profile' }).isVisible()))
        await reader.spa.goto('/');
    });
  }
  // The reader signed in as in part 1.
  for (const name of ['Sign in', 'Priya Raman']) reader.chosen.delete(name);
  expect(reader.chosen).toEqual(controlsIn(experiment));
});

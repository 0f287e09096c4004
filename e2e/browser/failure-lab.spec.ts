import type { Locator, Page } from '@playwright/test';
import { accessibilityViolations } from './accessibility-violations.ts';
import { expect, test } from './fixtures.ts';
import { priya, type SignInPages } from './sign-in-pages.ts';

interface Row {
  title: string;
  /** What the lab says to do in the app. */
  does: 'signs in again' | 'reloads' | 'reloads twice';
  /** The section that fails, with what it says; the other one has its data. */
  fails?: { section: 'profile' | 'leave'; alert: string };
  /** What the lab shows that happened then: AADSTS numbers, or texts. */
  happened: (number | RegExp)[];
}

const expired = { section: 'profile', alert: 'Your session has expired' } as const;

const rows: Row[] = [
  {
    title: 'Consent is missing in the exchange',
    does: 'signs in again',
    fails: { section: 'profile', alert: 'Your consent is needed' },
    happened: [65001],
  },
  {
    title: 'The assertion’s signature cannot be verified',
    does: 'reloads',
    fails: expired,
    happened: [50013],
  },
  {
    title: 'The signing key is rolled over',
    does: 'signs in again',
    happened: [
      /Authorization code redeemed · Leave \(single-page app\) → Leave \(middle-tier API\)/,
      /Signing keys · OK/,
    ],
  },
  {
    title: 'A policy requires a second factor',
    does: 'signs in again',
    fails: { section: 'profile', alert: 'Verify your identity' },
    happened: [50076],
  },
  {
    title: 'A policy blocks access',
    does: 'signs in again',
    fails: { section: 'profile', alert: 'A policy of the organization blocks access' },
    happened: [53003],
  },
  {
    title: 'The user is not assigned to the API',
    does: 'signs in again',
    fails: { section: 'leave', alert: 'Your organization has not assigned you' },
    happened: [50105],
  },
  {
    title: 'The API is not in the tenant',
    does: 'signs in again',
    fails: { section: 'leave', alert: 'This API is not registered correctly' },
    happened: [500011],
  },
  { title: 'The user’s sign-ins are revoked', does: 'reloads twice', happened: [50133, 50173] },
  { title: 'The assertion has expired', does: 'reloads', fails: expired, happened: [500133] },
  {
    title: 'The downstream API is down',
    does: 'reloads',
    fails: { section: 'leave', alert: 'The downstream API is not responding' },
    happened: [/Call to Microsoft Graph · Leave \(middle-tier API\) → Microsoft Graph · OK/],
  },
  {
    title: 'Microsoft Graph throttles',
    does: 'reloads',
    fails: { section: 'profile', alert: 'Microsoft Graph is not responding' },
    happened: [/Call to Microsoft Graph · .* · 429 /],
  },
];

const sections = (page: Page) => ({
  profile: page.getByRole('region', { name: 'Profile' }),
  leave: page.getByRole('region', { name: 'Leave' }),
});

const data = (page: Page) => ({
  profile: sections(page).profile.getByText('Priya Raman'),
  leave: sections(page).leave.getByText('You have not requested any leave.'),
});

async function expectData(page: Page): Promise<void> {
  await expect(data(page).profile).toBeVisible();
  await expect(data(page).leave).toBeVisible();
}

async function openLab(page: Page, origin: string): Promise<{ lab: Page; current: Locator }> {
  const lab = await page.context().newPage();
  await lab.goto(`${origin}/#failure-lab`);
  return { lab, current: lab.locator('.current') };
}

const act: Record<Row['does'], (page: Page, signIn: SignInPages) => Promise<unknown>> = {
  async 'signs in again'(_page, signIn) {
    await signIn.signOut();
    await signIn.start(priya.mail);
  },
  reloads: (page) => page.reload(),
  async 'reloads twice'(page) {
    await page.reload();
    await expect(page.getByRole('alert')).toContainText('Verify your identity');
    await page.reload();
  },
};

const originOf = (chain: { tenant: { graphBaseUrl: string } }) => new URL(chain.tenant.graphBaseUrl).origin;

test.beforeEach(async ({ chain }) => {
  // New instances know no keys, and have no circuit that an earlier failure opened.
  chain.stopDownstreamApi();
  chain.startDownstreamApi();
  await chain.renewMiddleTier();
});

test('the lab and these tests have the same failures', async ({ page, chain }) => {
  const { lab } = await openLab(page, originOf(chain));
  await expect(lab.locator('.cards h3')).toHaveText(rows.map(({ title }) => title));
});

for (const { title, does, fails, happened } of rows) {
  test(`"${title}" is set up, seen in the app, explained and cured`, async ({ page, signIn, chain }) => {
    await signIn.complete(priya.mail);
    await expectData(page);

    const { lab, current } = await openLab(page, originOf(chain));
    await lab.getByRole('button', { name: `Set up: ${title}` }).click();
    await expect(current.getByRole('heading', { name: `Set up: ${title}` })).toBeFocused();
    await lab.reload();
    await expect(current.getByRole('heading', { name: `Set up: ${title}` })).toBeVisible();
    const messages = current.getByRole('list', { name: 'Messages since the failure was set up' });
    await expect(messages).toHaveText('No message yet.');
    await expect(current.getByRole('link', { name: 'Open the app' })).toHaveAttribute('href', chain.spaUrl);

    await act[does](page, signIn);
    if (fails) {
      const { section, alert } = fails;
      await expect(sections(page)[section].getByRole('alert')).toContainText(alert);
      await expect(data(page)[section === 'profile' ? 'leave' : 'profile']).toBeVisible();
    } else if (does === 'reloads twice') {
      await expect(page.getByRole('alert')).toContainText('Your session has expired');
    } else {
      await expectData(page);
    }

    for (const one of happened) {
      const text = one instanceof RegExp ? one : new RegExp(`AADSTS${one}( |$)`);
      const message = messages.getByRole('listitem').filter({ hasText: text }).first();
      await expect(message).toBeVisible();
      if (one instanceof RegExp) continue;
      await expect(message.getByRole('link', { name: `AADSTS${one}` })).toHaveAttribute(
        'href',
        `https://login.microsoftonline.com/error?code=${one}`,
      );
      await expect(message.getByRole('link', { name: 'Conversation' })).toHaveAttribute(
        'href',
        /^#conversation\/[0-9a-f-]{36}$/,
      );
    }
    await lab.getByRole('button', { name: 'Cure it' }).click();
    await expect(current.getByRole('heading', { name: `Cured: ${title}` })).toBeFocused();
    await page.reload();
    await expectData(page);
  });
}

test('says why no message is shown while recording is paused', async ({ page, chain }) => {
  const { lab, current } = await openLab(page, originOf(chain));
  await lab.getByRole('button', { name: 'Set up: A policy blocks access' }).click();
  await expect(current.getByText('No message yet.')).toBeVisible();
  const pause = (paused: boolean) =>
    fetch(`${originOf(chain)}/local-tenant/recording`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ paused }),
    });
  await pause(true);
  await expect(current.getByText('Recording is paused.')).toBeVisible();
  await pause(false);
  await expect(current.getByText('No message yet.')).toBeVisible();
});

test('setting up another failure cures the first, in every open tab', async ({ page, chain }) => {
  const { lab, current } = await openLab(page, originOf(chain));
  const another = await openLab(page, originOf(chain));
  await lab.getByRole('button', { name: 'Set up: A policy blocks access' }).click();
  await expect(current).toContainText('Set up: A policy blocks access');
  await another.lab.bringToFront();
  await expect(another.current).toContainText('Set up: A policy blocks access');
  await another.lab.getByRole('button', { name: 'Set up: Microsoft Graph throttles' }).click();
  await expect(another.current).toContainText('Set up: Microsoft Graph throttles');
  await lab.bringToFront();
  await expect(current).toContainText('Set up: Microsoft Graph throttles');
  expect(chain.tenant.directory.state.conditionalAccessPolicies).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is accessible at 390 pixels in ${colorScheme}, and fits`, async ({ page, chain }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme });
    const { lab } = await openLab(page, originOf(chain));
    await lab.setViewportSize({ width: 390, height: 844 });
    await lab.emulateMedia({ colorScheme });
    await lab.getByRole('button', { name: 'Set up: A policy blocks access' }).click();
    await expect(lab.getByRole('button', { name: 'Cure it' })).toBeVisible();
    expect(await accessibilityViolations(lab)).toEqual([]);
    expect(await lab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}

import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import type { Chain } from '../chain/chain.ts';
import { expect, test } from './fixtures.ts';
import { dayOfJune } from './leave-days.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

const graphAppId = '00000003-0000-0000-c000-000000000000';

/** Requires multifactor authentication for these applications, also of users whose tokens are cached. */
async function requireMfa(chain: Chain, applications: string[]): Promise<void> {
  chain.tenant.directory.state.conditionalAccessPolicies.push({
    id: randomUUID(),
    displayName: 'Require multifactor authentication',
    state: 'enabled',
    conditions: {
      applications: { includeApplications: applications },
      users: { includeUsers: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  });
  await chain.renewMiddleTier();
}

const downstreamAppId = (chain: Chain): string => chain.environments.downstreamApi.CLIENT_ID ?? '';

async function fillLeaveForm(page: Page, note: string): Promise<void> {
  await page.getByLabel('First day').fill(dayOfJune(0));
  await page.getByLabel('Last day').fill(dayOfJune(1));
  await page.getByLabel('Note').fill(note);
}

/** Answers the challenge that the page shows. */
async function verifyIdentity(page: Page): Promise<void> {
  await expect(page.getByRole('alert')).toContainText('Verify your identity');
  await page.getByRole('button', { name: 'Verify your identity' }).click();
  await new SignInPages(page).enterCode();
}

test('a claims challenge for the whole overview is answered with one button', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

  await requireMfa(chain, [graphAppId, downstreamAppId(chain)]);
  const rejected = page.waitForResponse((response) => response.url().endsWith('/api/overview'));
  await page.reload();
  expect((await rejected).status()).toBe(401);
  await expect(page.getByRole('region', { name: 'Profile' })).toHaveCount(0);
  await verifyIdentity(page);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a request for leave that a challenge interrupts is sent after it, once', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail, '/leave/new');
  await expect(page.getByText('will review it.')).toBeVisible();
  await fillLeaveForm(page, 'Interrupted');
  await requireMfa(chain, [downstreamAppId(chain)]);
  await page.getByRole('button', { name: 'Send request' }).click();
  await verifyIdentity(page);

  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await expect(page.getByRole('status').getByText(/^Leave requested/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Leave' }).getByRole('listitem')).toHaveText(/Interrupted/);
  await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
  await expect(page.getByLabel('Note'), 'the next form is empty').toHaveValue('');
});

test('a request for leave is kept, but not sent, if the user denies the challenge', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail, '/leave/new');
  await expect(page.getByText('will review it.')).toBeVisible();
  await fillLeaveForm(page, 'Kept');
  await requireMfa(chain, [downstreamAppId(chain)]);
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page.getByRole('alert')).toContainText('Verify your identity');
  await page.getByRole('button', { name: 'Verify your identity' }).click();
  await expect(page.getByRole('heading', { name: 'Enter code' })).toBeVisible();
  await page.goBack();

  await expect(page.getByLabel('Note')).toHaveValue('Kept');
  const stored = await chain.database.use((tables) =>
    tables.selectFrom('leave_request').selectAll().execute(),
  );
  expect(stored).toEqual([]);
});

test('a cancellation that a challenge interrupts is completed after it', async ({ page, signIn, chain }) => {
  await signIn.complete(priya.mail, '/leave/new');
  await fillLeaveForm(page, 'To be canceled');
  await page.getByRole('button', { name: 'Send request' }).click();
  const leave = page.getByRole('region', { name: 'Leave' });
  await leave.getByRole('button', { name: /^Cancel leave/ }).click();
  await requireMfa(chain, [downstreamAppId(chain)]);
  await page.getByRole('button', { name: 'Cancel the leave' }).click();
  await verifyIdentity(page);

  await expect(page.getByRole('status').getByText(/^Leave canceled/)).toBeVisible();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
});

for (const { times, outcome } of [
  { times: 1, outcome: 'is renewed, and the call repeated' },
  { times: 2, outcome: 'twice is an expired session' },
]) {
  test(`a token that the API calls invalid ${outcome}`, async ({ page, signIn, chain }) => {
    await signIn.complete(priya.mail);
    const profile = page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman');
    await expect(profile).toBeVisible();

    const tokens: (string | undefined)[] = [];
    await page.route(`${chain.middleTierUrl}/api/overview`, async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      tokens.push(route.request().headers().authorization);
      if (tokens.length > times) return route.continue();
      await route.fulfill({
        status: 401,
        headers: { 'Access-Control-Allow-Origin': new URL(page.url()).origin },
        contentType: 'application/problem+json',
        json: { title: 'The access token is not valid for this API', status: 401, code: 'invalid_token' },
      });
    });
    await page.reload();
    if (times === 1) await expect(profile).toBeVisible();
    else await expect(page.getByRole('alert')).toContainText('Your session has expired');
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(2);
  });
}

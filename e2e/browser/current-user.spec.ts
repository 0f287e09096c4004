import type { Page } from '@playwright/test';
import type { Chain } from '../chain/chain.ts';
import { setLeavePolicy } from '../chain/conditional-access.ts';
import { expect, test } from './fixtures.ts';
import { landingPage } from './landing-page.ts';
import { lukasz, priya } from './sign-in-pages.ts';

interface Challenge {
  kind: string;
  provoke: (chain: Chain, page: Page) => Promise<void>;
  button: string;
  secondFactor?: boolean;
}

const challenges: Challenge[] = [
  {
    kind: 'claims challenge',
    async provoke(chain) {
      setLeavePolicy(chain);
      await chain.renewMiddleTier();
    },
    button: 'Verify your identity',
    secondFactor: true,
  },
  {
    kind: 'request for consent',
    async provoke(chain) {
      chain.tenant.forgetConsents();
      await chain.renewMiddleTier();
    },
    button: 'Give consent',
  },
  {
    kind: 'request to sign in again',
    async provoke(chain, page) {
      chain.tenant.forgetSessions();
      await page.route(`${chain.middleTierUrl}/api/overview`, async (route) => {
        if (route.request().method() !== 'GET') return route.continue();
        await route.fulfill({
          status: 401,
          headers: { 'Access-Control-Allow-Origin': new URL(page.url()).origin },
          contentType: 'application/problem+json',
          json: { title: 'The access token is not valid for this API', status: 401, code: 'invalid_token' },
        });
      });
    },
    button: 'Sign in again',
  },
];

for (const { kind, provoke, button, secondFactor = false } of challenges) {
  test(`whoever returns from a ${kind} is the current user, and nothing of the other user stays`, async ({
    page,
    signIn,
    chain,
  }) => {
    await signIn.complete(priya.mail);
    const profile = page.getByRole('region', { name: 'Profile' });
    await expect(profile.getByText('Priya Raman')).toBeVisible();
    await provoke(chain, page);
    await page.reload();
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('button', { name: 'Use another account' }).click();
    await page.unrouteAll();
    await signIn.enter(lukasz.mail);
    if (secondFactor) await signIn.enterCode();
    await signIn.accept();

    await expect(profile.getByText('Łukasz Dąbrowski')).toBeVisible();
    await expect(page.getByRole('banner')).toContainText('Łukasz Dąbrowski');
    const stored = () => page.evaluate(() => JSON.stringify(sessionStorage));
    expect(await stored()).toContain(lukasz.id);
    expect(await stored()).not.toContain(priya.id);

    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(landingPage(page)).toBeVisible();
    await expect(page.getByRole('status')).toContainText('You are signed out');
    expect(await stored()).not.toContain(lukasz.id);
    expect(await stored()).not.toContain(priya.id);
    await page.reload();
    await expect(landingPage(page)).toBeVisible();
  });
}

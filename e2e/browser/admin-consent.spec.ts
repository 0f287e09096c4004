import type { Chain } from '../chain/chain.ts';
import { expect, test } from './fixtures.ts';
import { administrator, priya } from './sign-in-pages.ts';

/** The link that the register command prints for an administrator. */
function adminConsentUrl({ tenant, environments: { spa } }: Chain, spaUrl: string, scope?: string): string {
  const { authorization_endpoint } = tenant.authorityMetadata;
  const url = new URL(authorization_endpoint.replace('oauth2/v2.0/authorize', 'v2.0/adminconsent'));
  url.search = new URLSearchParams({
    client_id: spa.CLIENT_ID ?? '',
    scope: scope ?? `${spa.API_APP_ID_URI}/.default`,
    redirect_uri: `${spaUrl}/redirect.html`,
  }).toString();
  return url.href;
}

const responses = [
  { outcome: 'granted', account: administrator, button: 'Accept', title: 'Consent was granted' },
  {
    outcome: 'canceled',
    account: administrator,
    button: 'Cancel',
    title: 'Consent was not granted',
    code: 'AADSTS65004',
  },
  {
    outcome: 'not granted, as the user is no administrator',
    account: priya,
    button: 'Return to the application without granting consent',
    title: 'Consent was not granted',
    code: 'AADSTS65004',
  },
  {
    outcome: 'rejected before sign-in',
    scope: 'api://unknown/.default',
    title: 'Consent was rejected',
    code: /^AADSTS\d+$/,
  },
];

for (const { outcome, account, button, scope, title, code } of responses) {
  test(`an administrator who returns is told that consent was ${outcome}`, async ({
    page,
    signIn,
    chain,
  }) => {
    await page.goto(adminConsentUrl(chain, chain.spaUrl, scope));
    if (account) await signIn.enter(account.mail);
    if (button) await page.getByRole('button', { name: button }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page).toHaveTitle(title);
    await expect(page.getByRole('link', { name: code ?? 'AADSTS' })).toHaveCount(code ? 1 : 0);
    await page.getByRole('link', { name: 'Go to the start page' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  });
}

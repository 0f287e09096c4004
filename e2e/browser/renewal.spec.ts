import { password } from '@obo/local-tenant';
import { expect, test } from './fixtures.ts';
import { priya } from './sign-in-pages.ts';

/** Seconds: MSAL renews a token that has less than five minutes left. */
const asGoodAsExpired = 120;

test('an expired access token is renewed with the refresh token', async ({ page, signIn, chain }) => {
  chain.tenant.lifetimes.accessToken = asGoodAsExpired;
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

  const { refresh_token, authorization_code } = chain.tenant.requests;
  await page.reload();
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  expect(chain.tenant.requests.refresh_token).toBeGreaterThan(refresh_token);
  expect(chain.tenant.requests.authorization_code).toBe(authorization_code);
});

test('once the refresh token has expired too, a hidden frame renews', async ({ page, signIn, chain }) => {
  chain.tenant.lifetimes.accessToken = asGoodAsExpired;
  chain.tenant.lifetimes.spaRefreshToken = 0;
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

  const { authorization_code } = chain.tenant.requests;
  const visited: string[] = [];
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) visited.push(new URL(frame.url()).pathname);
  });
  await page.reload();
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  expect(chain.tenant.requests.authorization_code).toBeGreaterThan(authorization_code);
  expect(visited).toEqual(['/']);
});

test('once the session at the identity provider has expired too, the user is redirected to sign in and back', async ({
  page,
  signIn,
  chain,
}) => {
  chain.tenant.lifetimes.accessToken = asGoodAsExpired;
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

  chain.tenant.forgetSessions();
  await page.reload();
  await signIn.password.fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
});

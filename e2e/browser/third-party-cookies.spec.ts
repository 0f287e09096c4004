import { startChain } from '../chain/chain.ts';
import { findFreePort, serveSpa } from '../chain/serve-spa.ts';
import { expect, test } from './fixtures.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

/** Seconds. MSAL renews a token with less than five minutes left, which these have after half a minute. */
const lifetimes = { accessToken: 330, spaRefreshToken: 0 };

test('if the identity provider is another site, the hidden frame gets AADSTS50058, and the page redirects there and back', async ({
  page,
}) => {
  const port = await findFreePort();
  const spaUrl = `http://localhost:${port}`;
  const chain = await startChain({ spaUrl, signInHost: 'login.localhost' });
  const spa = await serveSpa(chain.environments.spa, port);
  try {
    Object.assign(chain.tenant.lifetimes, lifetimes);
    await page.goto(spaUrl);
    const signIn = new SignInPages(page);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn.enter(priya.mail);
    expect(new URL(page.url()).hostname).toBe('login.localhost');
    await signIn.accept();
    const profile = page.getByRole('region', { name: 'Profile' });
    await expect(profile.getByText('Priya Raman')).toBeVisible();

    const inFrame: string[] = [];
    const inPage: string[] = [];
    page.on('response', async (response) => {
      if (!response.request().isNavigationRequest()) return;
      const isPage = response.frame() === page.mainFrame();
      if (isPage) inPage.push(new URL(response.url()).hostname);
      else inFrame.push((await response.headerValue('location')) ?? '');
    });
    await page.clock.setSystemTime(Date.now() + 60_000);
    await page.reload();
    await expect(profile.getByText('Priya Raman')).toBeVisible();
    expect(inFrame.filter((location) => /error=login_required.*AADSTS50058/.test(location))).toHaveLength(1);
    expect(inPage).toContain('login.localhost');
    expect(inPage.at(-1)).toBe('localhost');
  } finally {
    await page.goto('about:blank');
    await spa.close();
    await chain.close();
  }
});

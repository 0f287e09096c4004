import type { Chain } from '../chain/chain.ts';
import { expect, test } from './fixtures.ts';
import { amara, lukasz, mateo, priya, SignInPages } from './sign-in-pages.ts';

/** Signs Priya in while the downstream API is down. */
async function signInWithoutLeave(signIn: SignInPages, chain: Chain): Promise<void> {
  await signIn.start(priya.mail);
  await expect(signIn.consent).toBeVisible();
  chain.stopDownstreamApi();
  await signIn.accept();
}

test('signs in, consents once to everything, and shows data from Graph and the downstream API', async ({
  page,
  signIn,
}) => {
  await signIn.start(lukasz.mail);

  await expect(signIn.consent).toBeVisible();
  for (const permission of [
    'Use the leave application as you',
    'Sign you in and read your profile',
    "Read all users' basic profiles",
    'Request and cancel your leave',
    'Decide on leave requests that wait for you',
  ]) {
    await expect(page.getByText(permission, { exact: true })).toBeVisible();
  }
  await signIn.accept();

  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  const profile = page.getByRole('region', { name: 'Profile' });
  await expect(profile.getByText('Łukasz Dąbrowski')).toBeVisible();
  await expect(profile.getByText('Priya Raman')).toBeVisible();
  await expect
    .poll(() => profile.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBe(96);
  const leave = page.getByRole('region', { name: 'Leave' });
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
});

test('does not ask for consent a second time', async ({ page, signIn, anotherBrowser }) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  const elsewhere = await anotherBrowser();
  await new SignInPages(elsewhere).start(priya.mail);
  await expect(elsewhere.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('two users in two browsers see only their own data', async ({ page, signIn, anotherBrowser }) => {
  const elsewhere = await anotherBrowser();
  await Promise.all([signIn.complete(amara.mail), new SignInPages(elsewhere).complete(mateo.mail)]);

  for (const [own, mine, theirs] of [
    [page, amara, mateo],
    [elsewhere, mateo, amara],
  ] as const) {
    const profile = own.getByRole('region', { name: 'Profile' });
    await expect(profile.getByText(mine.displayName, { exact: true })).toBeVisible();
    await expect(own.getByText(theirs.mail)).toHaveCount(0);
  }
});

test('the profile of a user without a manager says so', async ({ page, signIn }) => {
  await signIn.complete(amara.mail);
  await expect(
    page.getByRole('region', { name: 'Profile' }).getByText('None in the directory'),
  ).toBeVisible();
});

test('if the downstream API is down, the profile is shown, and trying again brings back the leave', async ({
  page,
  signIn,
  chain,
}) => {
  await signInWithoutLeave(signIn, chain);

  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  const leave = page.getByRole('region', { name: 'Leave' });
  await expect(leave.getByRole('alert')).toContainText('The downstream API is not responding');
  const code = leave.getByRole('link', { name: 'dependency_unavailable' });
  expect((await page.request.get((await code.getAttribute('href')) ?? '')).status()).toBe(200);

  chain.startDownstreamApi();
  await leave.getByRole('button', { name: 'Try again' }).click();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
});

test('each section says which token fetched it, and the chain above shows the state of each hop', async ({
  page,
  signIn,
}) => {
  const overview = Promise.withResolvers<void>();
  await page.route('**/api/overview', async (route) => {
    await overview.promise;
    await route.continue();
  });
  await signIn.complete(priya.mail);
  const chain = page.getByRole('list', { name: 'The chain of calls' });
  await expect(chain.getByRole('listitem').filter({ hasText: 'waiting…' })).toHaveCount(3);
  overview.resolve();

  const profile = page.getByRole('region', { name: 'Profile' });
  const tokenB = profile.getByRole('link', { name: 'Token B' });
  await expect(tokenB).toHaveText(/graph\.microsoft\.comUser\.Read User\.ReadBasic\.All[\d.,]+ msnew$/);
  await expect(page.getByRole('region', { name: 'Leave' }).getByRole('link', { name: 'Token C' })).toHaveText(
    /Leave\.Read[\d.,]+ msnew$/,
  );
  await expect(chain.getByRole('listitem').filter({ hasText: /ok · [\d.,]+ ms/ })).toHaveCount(3);

  await page.reload();
  await expect(tokenB).toContainText('cached');
  await tokenB.click();
  await expect(page.getByRole('heading', { level: 1, name: 'How it works' })).toBeVisible();
});

test('a failed section does not change the other hop, and says what is not affected', async ({
  page,
  signIn,
  chain,
}) => {
  await signInWithoutLeave(signIn, chain);
  const leave = page.getByRole('region', { name: 'Leave' });
  await expect(leave.getByRole('alert')).toContainText('Your profile is not affected.');
  const hops = page.getByRole('list', { name: 'The chain of calls' }).getByRole('listitem');
  await expect(hops.filter({ hasText: 'Token C' })).toContainText('failed: unreachable');
  await expect(hops.filter({ hasText: 'Token B' })).toContainText('ok');
});

test('shows how long each step took', async ({ page, signIn }) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await page.getByRole('link', { name: 'How it works' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'How it works' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Step by step' })).toContainText(/ms/);
});

test('a page that cannot be loaded says so, and reloading loads it', async ({ page, signIn }) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  const chunk = '**/assets/request-leave-page*.js';
  await page.route(chunk, (route) => route.abort());
  await page.getByRole('main').getByRole('link', { name: 'Request leave' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'This page could not be shown' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();

  await page.unroute(chunk);
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Request leave' })).toBeVisible();
});

test('a page that fails while it renders says so, and the rest of the app still works', async ({
  page,
  signIn,
}) => {
  await page.addInitScript(() => {
    const { get } = Object.getOwnPropertyDescriptor(Intl.NumberFormat.prototype, 'format') ?? {};
    Object.defineProperty(Intl.NumberFormat.prototype, 'format', {
      get() {
        if (window.location.pathname === '/how-it-works') throw new RangeError('broken');
        return get?.call(this);
      },
    });
  });
  await signIn.complete(priya.mail, '/how-it-works');
  await expect(page.getByRole('heading', { level: 1, name: 'This page could not be shown' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Reload' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
});

test('a user without a photo is shown by their initials', async ({ page, signIn, chain }) => {
  await page.route(`${chain.middleTierUrl}/api/overview`, async (route) => {
    const response = await route.fetch();
    const overview = await response.json();
    overview.profile.data.photo = null;
    await route.fulfill({ response, json: overview });
  });
  await signIn.complete(lukasz.mail);
  const profile = page.getByRole('region', { name: 'Profile' });
  await expect(profile.getByText('ŁD', { exact: true })).toBeVisible();
  await expect(profile.locator('img')).toHaveCount(0);
});

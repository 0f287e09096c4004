import { password } from '@obo/local-tenant';
import { expect, test } from './fixtures.ts';
import { landingPage } from './landing-page.ts';
import { hana, priya } from './sign-in-pages.ts';

test('the landing page explains the app, and requests nothing from the identity provider', async ({
  page,
}) => {
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One sign-in. Two APIs that act as you.');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(requested.filter((url) => !url.startsWith(new URL(page.url()).origin))).toEqual([]);
});

test('works with the keyboard alone', async ({ page, signIn }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).focus();
  await page.keyboard.press('Enter');
  const account = page.getByRole('button', { name: /Priya Raman/ });
  await expect(account).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(account).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(signIn.password).toBeFocused();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await expect(signIn.consent).toBeVisible();
  await page.getByRole('button', { name: 'Accept' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

for (const path of ['/leave/new', '/how-it-works']) {
  test(`comes back to ${path} after sign-in, and stays there on reload`, async ({ page, signIn }) => {
    await signIn.complete(priya.mail, path);
    const title = path === '/leave/new' ? 'Request leave' : 'How it works';
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
    expect(new URL(page.url()).pathname).toBe(path);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  });
}

test('a wrong password is reported on the page, and the right one then works', async ({ page, signIn }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signIn.enter(priya.mail, 'not the password');
  await expect(page.getByRole('alert')).toContainText('password is incorrect');
  await signIn.password.fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(signIn.consent).toBeVisible();
});

test('an unknown account is reported on the page', async ({ page, signIn }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signIn.name('nobody@contoso.example');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(signIn.account).toBeVisible();
});

test('a disabled account cannot sign in', async ({ page, signIn }) => {
  await signIn.start(hana.mail);
  await expect(page.getByText(/disabled|locked/i).first()).toBeVisible();
});

test('works in a browser that blocks pop-ups', async ({ page, signIn }) => {
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await signIn.complete(priya.mail);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('after sign-out no data of the user is left, not even behind the Back button', async ({
  page,
  signIn,
}) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await signIn.signOut();

  await page.goBack();
  await expect(landingPage(page)).toBeVisible();
  await expect(page.getByText('Priya Raman')).toHaveCount(0);
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: /Sign in|Pick an account/ })).toBeVisible();
});

test('no token is in the page, its address or the console', async ({ page, signIn }) => {
  const seen: string[] = [];
  page.on('console', (message) => seen.push(message.text()));
  page.on('framenavigated', (frame) => seen.push(frame.url()));
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  seen.push(await page.content());
  expect(seen.filter((text) => /eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\./.test(text))).toEqual([]);
});

test('signing out in one tab signs out the others, and nothing of the user stays in them', async ({
  signIn,
  context,
}) => {
  await signIn.complete(priya.mail);
  const other = await context.newPage();
  await other.goto('/how-it-works');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByText(priya.mail)).toBeVisible();

  await signIn.signOut();
  await expect(landingPage(other)).toBeVisible();
  await expect(other.getByRole('status')).toContainText('You signed out in another tab.');
  await expect(other.getByText('Priya Raman')).toHaveCount(0);
  expect(await other.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(priya.id);
});

test('going back from the sign-in page is no error, also after signing out', async ({ page, signIn }) => {
  await signIn.complete(priya.mail);
  await signIn.signOut();
  await expect(page.getByRole('status')).toContainText('You are signed out');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: /Sign in|Pick an account/ })).toBeVisible();
  await page.goBack();
  await expect(landingPage(page)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('an app that cannot be loaded says so, and reloading loads it', async ({ page, signIn }) => {
  const chunk = '**/assets/signed-in-app*.js';
  await page.route(chunk, (route) => route.abort());
  await signIn.complete(priya.mail);
  await expect(page.getByRole('heading', { name: 'Something went wrong' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go to the start page' })).toBeVisible();

  await page.unroute(chunk);
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('an app without a usable configuration names what is wrong', async ({ page }) => {
  await page.route('**/configuration.json', (route) => route.fulfill({ json: { clientId: 'wrong' } }));
  await page.goto('/');
  await expect(page.getByRole('alert')).toContainText('This app is not configured');
  await expect(page.getByRole('alert')).toContainText('clientId, authority, apiBaseUrl, apiAppIdUri');
});

import { createServer } from 'node:http';
import { createLocalTenant } from '@obo/local-tenant';
import { observeLog } from '@obo/service-defaults/testing';
import type { Page } from '@playwright/test';
import { accessibilityViolations } from './accessibility-violations.ts';
import { expect, test } from './fixtures.ts';
import { priya, type SignInPages } from './sign-in-pages.ts';

const originOf = ({ tenant }: { tenant: { graphBaseUrl: string } }): string =>
  new URL(tenant.graphBaseUrl).origin;

/** Signs in and opens the overview, in a page of its own beside the control room. */
async function openOverview(page: Page, signIn: SignInPages): Promise<void> {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Leave' }).getByText('You have not requested')).toBeVisible();
}

// The run fails if something secret is on the page: what it shows counts as an answer to the user.
test.afterEach(async ({ context }) => {
  for (const page of context.pages()) {
    if (/· Control room$/.test(await page.title())) observeLog(await page.locator('main').innerText());
  }
});

/** Opens the control room in another tab. */
async function openControlRoom(page: Page, origin: string, fragment = ''): Promise<Page> {
  const room = await page.context().newPage();
  await room.goto(`${origin}/${fragment}`);
  await expect(room.getByRole('status').filter({ hasText: 'Live' })).toBeVisible();
  return room;
}

test('shows that each token has another audience and the same user, and which message carried it', async ({
  page,
  signIn,
  chain,
}) => {
  await chain.renewMiddleTier();
  await openOverview(page, signIn);
  const room = await openControlRoom(page, originOf(chain), '#tokens');

  const cells = (claim: string) => room.locator(`tr[data-claim="${claim}"] td`).allInnerTexts();
  const heads = room.getByRole('columnheader');
  await expect(heads).toHaveText([
    'Claim',
    /^ID token for/,
    /^A for .*middle-tier/,
    'B for Microsoft Graph',
    /^C for .*downstream/,
  ]);
  const audiences = await cells('aud');
  expect(new Set(audiences.slice(1)).size).toBe(3);
  expect(audiences).toContain(chain.environments.middleTierApi.CLIENT_ID);
  expect(await cells('oid')).toEqual([priya.id, priya.id, priya.id, priya.id]);
  await expect(room.locator('tr[data-claim="oid"] .verdict')).toHaveText('the same');
  await expect(room.locator('tr[data-claim="aud"] .verdict')).toHaveText('differs');
  await expect(room.getByText('The audiences differ: A.aud ≠ B.aud ≠ C.aud.')).toBeVisible();

  const carriers = room.locator('.carriers');
  await expect(carriers.getByRole('link', { name: /^as the assertion of the exchange for/ })).toHaveCount(2);
  await expect(carriers.getByRole('link', { name: 'in GET /graph/v1.0/me', exact: true })).toBeVisible();
  await expect(room.getByRole('heading', { name: 'A → B, for Microsoft Graph' })).toBeVisible();

  await carriers.getByRole('link', { name: 'in GET /graph/v1.0/me', exact: true }).click();
  await expect(room).toHaveURL(/#conversation\/[0-9a-f-]{36}$/);
  const titles = room.locator('.messages h3');
  await expect(titles.filter({ hasText: 'Token exchanged on behalf of the user' })).toHaveCount(2);
  await expect(titles.filter({ hasText: 'Call to Microsoft Graph' }).first()).toBeVisible();
});

test('shows a sign-in live, from the authorization request to the code, as one conversation', async ({
  page,
  signIn,
  chain,
}) => {
  const room = await openControlRoom(page, originOf(chain));
  await page.bringToFront();
  await openOverview(page, signIn);
  await room
    .getByRole('navigation', { name: 'Conversations' })
    .getByRole('link', { name: /^Priya Raman signs in/ })
    .first()
    .click();
  await expect(room.locator('.messages h3')).toContainText([
    'Authorization request',
    'Sign-in page',
    'Sign-in page',
    'Consent',
    'Authorization code redeemed',
  ]);
  await expect(room.locator('.messages')).toContainText(
    'Back to the application, with an authorization code',
  );
});

test('can be paused, continued, cleared and saved', async ({ page, signIn, chain }) => {
  await openOverview(page, signIn);
  const room = await openControlRoom(page, originOf(chain));
  await expect(room.locator('.messages > li').first()).toBeVisible();
  const download = room.waitForEvent('download');
  await room.getByRole('link', { name: 'Save', exact: true }).click();
  expect((await download).suggestedFilename()).toBe('local-tenant-messages.json');
  await room.getByRole('button', { name: 'Pause' }).click();
  await expect(room.getByText('Recording is paused')).toBeVisible();
  await room.getByRole('button', { name: 'Clear' }).click();
  await expect(room.getByRole('heading', { name: 'Nothing has been sent yet' })).toBeVisible();
  await expect(room.getByRole('link', { name: chain.spaUrl })).toBeVisible();
  await room.getByRole('button', { name: 'Continue' }).click();
  await expect(room.getByText('Recording is paused')).toBeHidden();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is accessible in ${colorScheme}, and works with the keyboard`, async ({ page, signIn, chain }) => {
    await openOverview(page, signIn);
    const room = await openControlRoom(page, originOf(chain));
    await room.emulateMedia({ colorScheme });
    await expect(room.locator('.messages > li').first()).toBeVisible();
    expect(await accessibilityViolations(room), 'conversation').toEqual([]);
    await room.getByRole('link', { name: 'Tokens', exact: true }).press('Enter');
    await expect(room.getByRole('table')).toBeVisible();
    expect(await accessibilityViolations(room), 'tokens').toEqual([]);
  });
}

test('nothing is cut off at 390 pixels', async ({ page, signIn, chain }) => {
  await openOverview(page, signIn);
  const room = await openControlRoom(page, originOf(chain));
  await room.setViewportSize({ width: 390, height: 800 });
  const fits = async () =>
    expect(await room.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expect(room.locator('.messages > li').first()).toBeVisible();
  await fits();
  await room.goto(`${originOf(chain)}/#tokens`);
  await expect(room.getByRole('table')).toBeVisible();
  await fits();
});

test('shows hostile text as text', async ({ page, chain }) => {
  const origin = originOf(chain);
  const markup = '<img src=x onerror="document.title=\'broken\'"><script>document.title="broken"</script>';
  await page.request.post(`${origin}/contoso.example/oauth2/v2.0/token`, {
    headers: { 'client-request-id': '11111111-1111-4111-8111-111111111111' },
    form: { grant_type: markup, client_id: chain.environments.spa.CLIENT_ID ?? '', scope: markup },
  });
  const room = await openControlRoom(page, origin, '#conversation/11111111-1111-4111-8111-111111111111');
  await room.getByText('Parameters', { exact: true }).first().click();
  await expect(room.locator('.messages dd').filter({ hasText: markup }).first()).toBeVisible();
  expect(await room.locator('.messages img, .messages script').count()).toBe(0);
  await room.goto(`${origin}/#conversation/${encodeURIComponent(markup)}`);
  await expect(room.getByText(markup)).toBeVisible();
  await expect(room).toHaveTitle('Conversation · Control room');
});

test('says that the tenant is gone, and reads everything anew when it is back', async ({ page }) => {
  const start = async (port: number) => {
    const server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const baseUrl = `http://127.0.0.1:${taken}`;
    server.on('request', (await createLocalTenant({ baseUrl, dataDirectory: null })).app);
    return { baseUrl, port: taken, stop: () => void server.close().closeAllConnections() };
  };
  const first = await start(0);
  await page.goto(first.baseUrl);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  first.stop();
  await expect(page.getByText('The local tenant does not answer. Connecting again …')).toBeVisible();
  const second = await start(first.port);
  await expect(page.getByText('Live. The local tenant was restarted.')).toBeVisible({ timeout: 30_000 });
  await page.request.get(`${second.baseUrl}/common/discovery/v2.0/keys`);
  await expect(page.getByRole('heading', { name: 'Signing keys' })).toBeVisible();
  second.stop();
});

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createLocalTenant } from '@obo/local-tenant';
import type { Locator, Page } from '@playwright/test';
import { z } from 'zod';
import { accessibilityViolations } from './accessibility-violations.ts';
import { expect, test } from './fixtures.ts';
import { priya } from './sign-in-pages.ts';

const originOf = (chain: { tenant: { graphBaseUrl: string } }) => new URL(chain.tenant.graphBaseUrl).origin;

async function openSwitches(page: Page, origin: string): Promise<Page> {
  await page.goto(`${origin}/#switches`);
  await expect(page.getByRole('heading', { name: 'Reset everything' })).toBeVisible();
  return page;
}

const switchOf = (page: Page, request: string): Locator => page.locator(`article[data-request="${request}"]`);

/** Uses the control of a switch. Its only button is selected if nothing else is said. */
type Use = (control: Locator) => Promise<void>;
const press =
  (name: string | RegExp): Use =>
  (control) =>
    control.getByRole('button', { name }).first().click();

const anything = expect.anything();
const someone = (changes: Record<string, unknown>) =>
  expect.arrayContaining([expect.objectContaining(changes)]);

/**
 * Every switch, in an order in which each has something to change: how it is used, and what the tenant's state contains
 * afterwards.
 */
const table: { request: string; use: Use; state: Record<string, unknown> }[] = [
  {
    request: 'PATCH /users/{sign-in name}',
    use: press('Disable: Priya Raman'),
    state: { users: someone({ signInName: priya.userPrincipalName, accountEnabled: false }) },
  },
  {
    request: 'PUT /users/{sign-in name}/password',
    use: async (control) => {
      await control.getByLabel('User').selectOption('Priya Raman');
      await control.getByLabel('New password').fill('another');
      await control.getByRole('button', { name: 'Change password' }).click();
    },
    state: { users: someone({ signInName: priya.userPrincipalName, hasChangedPassword: true }) },
  },
  {
    request: 'DELETE /users/{sign-in name}/revocation',
    use: press('Take back: Priya Raman'),
    state: { users: someone({ signInName: priya.userPrincipalName, revokedAt: null }) },
  },
  {
    request: 'POST /users/{sign-in name}/revocation',
    use: press('Revoke: Priya Raman'),
    state: {
      users: someone({ signInName: priya.userPrincipalName, revokedAt: expect.any(String) }),
    },
  },
  {
    request: 'DELETE /sessions',
    use: press('Sign out every user'),
    state: { users: someone({ signInName: priya.userPrincipalName, revokedAt: null }) },
  },
  { request: 'DELETE /refresh-tokens', use: press('Expire every refresh token'), state: {} },
  {
    request: 'DELETE /users/{sign-in name}/events',
    use: async (control) => {
      await expect(control).toContainText('Leave: 2026-12-21 00:00 to 2026-12-24 00:00 (UTC) · oof');
      await control.getByRole('button', { name: 'Empty: Priya Raman' }).click();
    },
    state: { users: someone({ signInName: priya.userPrincipalName, events: [] }) },
  },
  {
    request: 'PATCH /service-principals/{application ID}',
    use: press(/^Require assignment: /),
    state: { applications: someone({ appRoleAssignmentRequired: true }) },
  },
  {
    request: 'PUT /service-principals/{application ID}/users/{sign-in name}',
    use: press('Assign'),
    state: { applications: someone({ assignedUsers: [expect.any(String)] }) },
  },
  {
    request: 'DELETE /service-principals/{application ID}/users/{sign-in name}',
    use: press(/^Remove: /),
    state: {
      applications: expect.not.arrayContaining([expect.objectContaining({ assignedUsers: [anything] })]),
    },
  },
  {
    request: 'DELETE /service-principals/{application ID}',
    use: press(/^Remove: /),
    state: { applications: someone({ isInTenant: false }) },
  },
  {
    request: 'POST /service-principals/{application ID}',
    use: press(/^Add again: /),
    state: { applications: expect.not.arrayContaining([expect.objectContaining({ isInTenant: false })]) },
  },
  {
    request: 'POST /consents/{application ID}',
    use: press(/^Consent: .*middle-tier/),
    state: { consents: [anything, anything] },
  },
  {
    request: 'DELETE /consents/{application ID}/{scope}',
    use: press(/^Withdraw: User\.Read, .*middle-tier/),
    state: {
      consents: expect.not.arrayContaining([
        expect.objectContaining({ scopes: expect.arrayContaining(['User.Read']) }),
      ]),
    },
  },
  {
    request: 'PUT /user-consent',
    use: press('Let only administrators consent'),
    state: { userConsent: { allowed: false } },
  },
  {
    request: 'DELETE /consents/{application ID}',
    use: press(/^Withdraw: .*middle-tier/),
    state: { consents: [] },
  },
  { request: 'DELETE /consents', use: press('Withdraw every consent'), state: { consents: [] } },
  {
    request: 'POST /conditional-access',
    use: async (control) => {
      await control.getByLabel('Control').selectOption('block');
      await control.getByLabel('Resource').selectOption('Microsoft Graph');
      await control.getByRole('button', { name: 'Add the policy' }).click();
    },
    state: { conditionalAccess: { policies: [{ displayName: 'block for Microsoft Graph' }] } },
  },
  {
    request: 'DELETE /conditional-access/{policy ID}',
    use: press('Remove: block for Microsoft Graph'),
    state: { conditionalAccess: { policies: [] } },
  },
  { request: 'PUT /second-factor', use: press('Require it'), state: { secondFactor: { required: true } } },
  {
    request: 'DELETE /conditional-access',
    use: press('Remove every policy'),
    state: { secondFactor: { required: false } },
  },
  {
    request: 'POST /signing-keys',
    use: press('Sign with a new key'),
    state: { signingKeys: { published: [anything, anything] } },
  },
  {
    request: 'DELETE /signing-keys',
    use: press('Withdraw the older keys'),
    state: { signingKeys: { published: [anything], withdrawn: [anything] } },
  },
  {
    request: 'DELETE /signing-keys/withdrawal',
    use: press('Publish them again'),
    state: { signingKeys: { withdrawn: [] } },
  },
  {
    request: 'PATCH /lifetimes',
    use: async (control) => {
      await control.getByLabel('accessToken (seconds)').fill('330');
      await control.getByRole('button', { name: 'Set: accessToken' }).click();
    },
    state: { lifetimes: { accessToken: 330 } },
  },
  {
    request: 'PUT /clock',
    use: async (control) => {
      await control.getByLabel('Seconds ahead').fill('60');
      await control.getByLabel('Seconds ahead').press('Enter');
    },
    state: { clock: { ahead: 60 } },
  },
  {
    request: 'PUT /graph-throttling',
    use: press('Throttle'),
    state: { graphThrottling: { seconds: expect.any(Number) } },
  },
  {
    request: 'PUT /services/{service}',
    use: press('Stop: downstream-api'),
    state: { services: [{ name: 'downstream-api', isRunning: false }] },
  },
  {
    request: 'POST /reset',
    use: press('Reset everything'),
    state: {
      clock: { ahead: 0 },
      graphThrottling: { seconds: 0 },
      services: [{ isRunning: true }],
      users: someone({
        signInName: priya.userPrincipalName,
        accountEnabled: true,
        hasChangedPassword: false,
      }),
    },
  },
];

const listSchema = z.array(z.object({ request: z.string() }));

test('every switch has a control that changes the tenant, with what it causes and how to undo it', async ({
  page,
  chain,
}) => {
  const origin = originOf(chain);
  const readState = async () => (await fetch(`${origin}/local-tenant/state`)).json();
  chain.tenant.directory.state.calendarEvents.push({
    id: 'an-event',
    userId: priya.id,
    createdDateTime: '2026-11-01T00:00:00Z',
    transactionId: null,
    subject: 'Leave',
    body: { contentType: 'text', content: '' },
    start: { dateTime: '2026-12-21T00:00:00.0000000', timeZone: 'UTC' },
    end: { dateTime: '2026-12-24T00:00:00.0000000', timeZone: 'UTC' },
    isAllDay: true,
    showAs: 'oof',
    isReminderOn: false,
  });
  const listed = listSchema.parse(await (await fetch(`${origin}/local-tenant/switches`)).json());
  const requests = listed.map(({ request }) => request);
  await openSwitches(page, origin);
  const shown = page.locator('article[data-request]');
  await expect(shown).toHaveCount(requests.length);
  expect(await shown.evaluateAll((items) => items.map((item) => item.getAttribute('data-request')))).toEqual(
    requests,
  );
  expect(table.map(({ request }) => request).sort(), 'the table of this test is complete').toEqual(
    requests.toSorted(),
  );
  for (const { request, use, state } of table) {
    await test.step(request, async () => {
      const control = switchOf(page, request);
      await expect(control).toContainText('To undo: ');
      await use(control);
      await expect.poll(readState).toMatchObject(state);
      await expect(page.getByRole('alert')).toHaveCount(0);
    });
  }
});

test('two tabs that change the same switch both show what the tenant says', async ({ page, chain }) => {
  const request = 'PUT /second-factor';
  const one = await openSwitches(page, originOf(chain));
  const other = await openSwitches(await page.context().newPage(), originOf(chain));
  await switchOf(other, request).getByRole('button', { name: 'Require it' }).click();
  await expect(switchOf(other, request)).toContainText('everything required');
  await one.bringToFront();
  await expect(switchOf(one, request)).toContainText('everything required');

  // The first tab has not heard of it yet when the user selects what is there no more.
  await one.route('**/local-tenant/state', (route) => route.abort());
  await other.bringToFront();
  await switchOf(other, 'DELETE /conditional-access').getByRole('button').click();
  await expect(switchOf(other, request)).toContainText('everything not required');
  await one.bringToFront();
  await switchOf(one, 'DELETE /conditional-access/{policy ID}').getByRole('button').click();
  await expect(one.getByRole('alert')).toHaveText('Policy not found.');
  await one.unroute('**/local-tenant/state');
  await switchOf(one, request).getByRole('button').click();
  await expect(one.getByRole('alert')).toHaveCount(0);
});

test('what the user has typed stays while another tab changes something, and so does the focus', async ({
  page,
  chain,
}) => {
  await openSwitches(page, originOf(chain));
  const field = switchOf(page, 'PUT /clock').getByLabel('Seconds ahead');
  await field.fill('12');
  await fetch(`${originOf(chain)}/local-tenant/graph-throttling`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: '{"seconds": 600}',
  });
  await expect(switchOf(page, 'PUT /graph-throttling')).toContainText('Throttled for');
  await expect(field).toHaveValue('12');
  await expect(field).toBeFocused();
});

test('shows the state of a tenant that was restarted under the open page, and says so while there is none', async ({
  page,
}) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const baseUrl = `http://localhost:${port}`;
  const start = async () => (await createLocalTenant({ baseUrl, dataDirectory: null })).app;
  const serve = (app: RequestListener) => {
    server.removeAllListeners('request').on('request', app);
    server.closeAllConnections();
  };
  serve(await start());
  await openSwitches(page, baseUrl);
  const clock = switchOf(page, 'PUT /clock');
  await clock.getByLabel('Seconds ahead').fill('3600');
  await clock.getByRole('button', { name: 'Set the clock' }).click();
  await expect(page.getByText('Done: Set the clock.')).toBeVisible();

  serve((request) => request.socket.destroy());
  await page.getByRole('button', { name: 'Reset everything' }).click();
  await expect(page.getByRole('alert')).toHaveText('The local tenant does not answer. Is it running?');
  const read = page.waitForResponse((response) => response.url().endsWith('/local-tenant/state'));
  serve(await start());
  expect(await (await read).json()).toMatchObject({ clock: { ahead: 0 } });
  await expect(page.getByText('The local tenant runs alone.')).toBeVisible();
  server.close();
  server.closeAllConnections();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is accessible at 390 pixels in ${colorScheme}, and fits`, async ({ page, chain }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme });
    await openSwitches(page, originOf(chain));
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
}

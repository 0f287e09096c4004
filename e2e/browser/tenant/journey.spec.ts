import { test } from '@playwright/test';
import { startTenantApps } from '../../chain/tenant-apps.ts';
import { takeJourney } from '../journey.ts';
import { target } from '../target.ts';
import { EntraSignInPages } from './entra-sign-in-pages.ts';

const { account, namePrefix } = target;
if (account === undefined) {
  process.stderr.write(
    '\n!!! E2E_USERNAME and E2E_PASSWORD are not set: nothing is tested against the real tenant.\n',
  );
}

test('in a real tenant, too', async ({ browser }) => {
  test.skip(account === undefined, 'needs E2E_USERNAME and E2E_PASSWORD');
  if (account === undefined) return;
  const apps = await startTenantApps(namePrefix);
  const context = await browser.newContext({ baseURL: apps.spaUrl });
  const page = await context.newPage();
  try {
    await takeJourney(page, new EntraSignInPages(page, account));
  } finally {
    await context.close();
    await apps.close();
  }
});

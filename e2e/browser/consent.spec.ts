import { setLeavePolicy } from '../chain/conditional-access.ts';
import { expect, test } from './fixtures.ts';
import { priya } from './sign-in-pages.ts';

test('if the exchange lacks consent, one section says so and its button requests it', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

  const { state, findServicePrincipal } = chain.tenant.directory;
  const middleTier = findServicePrincipal(chain.environments.middleTierApi.CLIENT_ID ?? '');
  const downstream = findServicePrincipal(chain.environments.downstreamApi.CLIENT_ID ?? '');
  const kept = state.permissionGrants.filter(
    ({ clientId, resourceId }) => clientId !== middleTier?.id || resourceId === downstream?.id,
  );
  expect(kept.length).toBeLessThan(state.permissionGrants.length);
  state.permissionGrants.splice(0, state.permissionGrants.length, ...kept);
  await signIn.signOut();
  await signIn.start(priya.mail);

  const profile = page.getByRole('region', { name: 'Profile' });
  await expect(profile.getByRole('alert')).toContainText('Your consent is needed');
  await expect(
    page.getByRole('region', { name: 'Leave' }).getByText('You have not requested any leave.'),
  ).toBeVisible();

  await profile.getByRole('button', { name: 'Give consent' }).click();
  await signIn.accept();
  await expect(profile.getByText('Priya Raman')).toBeVisible();
});

test('declined consent is explained, and the next sign-in asks for it again', async ({ page, signIn }) => {
  await signIn.start(priya.mail);
  await signIn.decline();
  await expect(page.getByRole('status')).toContainText('You did not give your consent');
  await expect(page.getByRole('link', { name: 'AADSTS65004' })).toBeVisible();

  await page.getByRole('button', { name: 'Sign in' }).click();
  await signIn.accept();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('a step-up for one source does not hide the other, and starts only when the user selects the button', async ({
  page,
  signIn,
  chain,
}) => {
  setLeavePolicy(chain);
  await signIn.complete(priya.mail);

  const leave = page.getByRole('region', { name: 'Leave' });
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await expect(leave.getByRole('alert')).toContainText('Verify your identity');
  await leave.getByRole('button', { name: 'Verify your identity' }).click();
  await signIn.enterCode();
  await expect(leave.getByText('You have not requested any leave.')).toBeVisible();
});

for (const [width, height] of [
  [1280, 900],
  [390, 844],
] as const) {
  test(`the consent page at ${width} × ${height} shows Accept without scrolling, and descriptions on demand`, async ({
    page,
    signIn,
  }) => {
    await page.setViewportSize({ width, height });
    await signIn.start(priya.mail);
    await expect(signIn.consent).toBeVisible();
    await expect(page.getByRole('button', { name: 'Accept' })).toBeInViewport({ ratio: 1 });
    const value = page.getByText('Leave.ReadWrite', { exact: true });
    await expect(value).toBeHidden();
    await page.getByText('Request and cancel your leave', { exact: true }).click();
    await expect(value).toBeVisible();
  });
}

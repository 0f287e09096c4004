import type { Page } from '@playwright/test';
import type { Chain } from '../chain/chain.ts';
import { setLeavePolicy } from '../chain/conditional-access.ts';
import { expect, test } from './fixtures.ts';
import { priya } from './sign-in-pages.ts';

const appIdsOf = ({ environments }: Chain) => ({
  middleTier: environments.middleTierApi.CLIENT_ID ?? '',
  downstream: environments.downstreamApi.CLIENT_ID ?? '',
});

/** Withdraws the middle tier's consent for all APIs except the downstream API. */
function withdrawConsentForGraph(chain: Chain): void {
  const { state, findServicePrincipal } = chain.tenant.directory;
  const middleTier = findServicePrincipal(appIdsOf(chain).middleTier);
  const downstream = findServicePrincipal(appIdsOf(chain).downstream);
  const kept = state.permissionGrants.filter(
    ({ clientId, resourceId }) => clientId !== middleTier?.id || resourceId === downstream?.id,
  );
  state.permissionGrants.splice(0, state.permissionGrants.length, ...kept);
}

/** The arrows of the picture, and what is written on each. */
type Arrows = Record<'A' | 'B' | 'C', RegExp>;

interface Fault {
  fault: string;
  provoke: (chain: Chain) => void;
  /** Text of the message. */
  message: string;
  arrows: Arrows;
  /** Steps, and the result that each must show. */
  results: Record<string, string>;
  /** Part of the introduction. */
  summary: string;
}

const graphToken = 'Token for Microsoft Graph';
const leaveToken = 'Token for the downstream API';
/** Balance or requests: the section fails with the first of both calls, before the other one has ended. */
const leaveCall = 'Downstream API: your leave';
const ok = /^Token [ABC]ok · [\d.,]+ ms$/;

const faults: Fault[] = [
  {
    fault: 'consent for one API is withdrawn',
    provoke: withdrawConsentForGraph,
    message: 'Your consent is needed',
    arrows: { A: ok, B: /no token: consent required/, C: ok },
    results: { [graphToken]: 'failed: consent required', [leaveToken]: 'new' },
    summary: 'The middle tier got no token B (consent required), so it did not call Microsoft Graph.',
  },
  {
    fault: 'consent for one API is withdrawn and the other API is down',
    provoke: (chain) => {
      withdrawConsentForGraph(chain);
      chain.stopDownstreamApi();
    },
    message: 'Your consent is needed',
    arrows: { A: ok, B: /no token: consent required/, C: /failed: unreachable/ },
    results: { [graphToken]: 'failed: consent required', [leaveCall]: 'failed: unreachable' },
    summary: 'but the call to the downstream API failed: unreachable.',
  },
  {
    fault: 'a policy requires a second factor',
    provoke: (chain) => setLeavePolicy(chain, 'mfa'),
    message: 'Verify your identity',
    arrows: { A: ok, B: ok, C: /no token: insufficient claims/ },
    results: { [graphToken]: 'new', [leaveToken]: 'failed: insufficient claims' },
    summary: 'The middle tier got no token C (insufficient claims), so it did not call the downstream API.',
  },
  {
    fault: 'a policy blocks access',
    provoke: (chain) => setLeavePolicy(chain, 'block'),
    message: 'A policy of the organization blocks access',
    arrows: { A: ok, B: ok, C: /no token: access blocked/ },
    results: { [graphToken]: 'new', [leaveToken]: 'failed: access blocked' },
    summary: 'The middle tier got no token C (access blocked)',
  },
  {
    fault: 'the downstream API is down',
    provoke: (chain) => chain.stopDownstreamApi(),
    message: 'The downstream API is not responding',
    arrows: { A: ok, B: ok, C: /failed: unreachable/ },
    results: { [leaveToken]: 'new', [leaveCall]: 'failed: unreachable' },
    summary: 'but the call to the downstream API failed: unreachable.',
  },
];

const arrowOf = (page: Page, token: string) =>
  page
    .getByRole('list', { name: 'The chain of calls' })
    .getByRole('listitem')
    .filter({ hasText: `Token ${token}` })
    .first();

async function expectArrows(page: Page, arrows: Arrows): Promise<void> {
  for (const [token, text] of Object.entries(arrows)) await expect(arrowOf(page, token)).toHaveText(text);
}

const steps = (page: Page) => page.getByRole('region', { name: 'Step by step' });

for (const { fault, provoke, message, arrows, results, summary } of faults) {
  test(`if ${fault}, How it works shows which step failed`, async ({ page, signIn, chain }) => {
    await signIn.complete(priya.mail);
    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
    provoke(chain);
    await chain.renewMiddleTier();
    await page.goto('/how-it-works');

    await expect(page.getByRole('alert').first()).toContainText(message);
    await expect(page.getByRole('main')).toContainText(summary);
    await expectArrows(page, arrows);
    for (const [step, result] of Object.entries(results)) {
      const latest = steps(page).getByRole('row', { name: step }).locator('td:last-child');
      await expect(latest.filter({ hasText: result }).first()).toBeVisible();
    }
  });
}

test('How it works names the token that each arrow carried, and shows no token', async ({
  page,
  signIn,
  chain,
}) => {
  await signIn.complete(priya.mail, '/how-it-works');
  await expectArrows(page, { A: ok, B: ok, C: ok });

  const { middleTier } = appIdsOf(chain);
  const { DOWNSTREAM_API_APP_ID_URI: downstream = '' } = chain.environments.middleTierApi;
  for (const { token, arrow, audience, scopes, origin } of [
    {
      token: 'Token A',
      arrow: 'You → Middle tier',
      audience: middleTier,
      scopes: 'access_as_user',
      origin: 'MSAL, in this browser tab',
    },
    {
      token: 'Token B',
      arrow: 'Middle tier → Microsoft Graph',
      audience: 'https://graph.microsoft.com',
      scopes: 'User.Read User.ReadBasic.All',
      origin: 'Exchanged for token A',
    },
    {
      token: 'Token C',
      arrow: 'Middle tier → Downstream API',
      audience: downstream,
      scopes: 'Leave.Read',
      origin: 'Exchanged for token A',
    },
  ]) {
    const card = page.getByRole('article', { name: token });
    await expect(card).toContainText(arrow);
    await expect(card.getByText(audience, { exact: true })).toBeVisible();
    await expect(card.getByText(scopes, { exact: true })).toBeVisible();
    await expect(card).toContainText(origin);
  }
  await expect(page.getByText('failed')).toHaveCount(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(await page.content()).not.toContain('eyJ');
});

test('the first request stays beside the latest one, also after a reload, and until sign-out', async ({
  page,
  signIn,
}) => {
  await signIn.complete(priya.mail, '/how-it-works');
  const tokenRow = steps(page).getByRole('row', { name: graphToken });
  await expect(tokenRow.getByRole('cell')).toHaveText([/ · new$/]);

  await page.getByRole('button', { name: 'Refresh' }).click();
  await expect(tokenRow.getByRole('cell')).toHaveText([/ · new$/, /^0\.0 ms · cached/]);
  await page.reload();
  await expect(tokenRow.getByRole('cell')).toHaveText([/ · new$/, /^0\.0 ms · cached/]);
  const texts = await steps(page).getByRole('rowheader').allTextContents();
  expect(texts.slice(0, 2)).toEqual(['Validate your token', graphToken]);
  expect(texts.at(-1)).toBe('Total');

  await signIn.signOut();
  expect(
    await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('session.'))),
  ).toEqual([]);
});

test('if the middle tier does not respond, How it works says so', async ({ page, signIn }) => {
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  await page.route('**/api/overview', (route) => route.abort());
  await page.goto('/how-it-works');
  await expect(page.getByRole('alert')).toContainText('The middle-tier API did not respond');
  await expect(page.getByRole('main')).toContainText(
    'That failed: no response. No other service was called.',
  );
  await expectArrows(page, { A: /failed: no response/, B: /not called/, C: /not called/ });
});

test('a request can be looked up where the environment says', async ({ page, signIn }) => {
  await page.route('**/configuration.json', async (route) => {
    const response = await route.fetch();
    const json = {
      ...(await response.json()),
      requestUrl: 'http://localhost:4400/#conversation/{correlationId}',
    };
    await route.fulfill({ response, json });
  });
  await signIn.complete(priya.mail, '/how-it-works');
  const link = page.getByRole('link', { name: 'See every message of this request' });
  const correlationId = await page.getByText('Correlation ID:').locator('code').textContent();
  await expect(link).toHaveAttribute('href', `http://localhost:4400/#conversation/${correlationId}`);
});

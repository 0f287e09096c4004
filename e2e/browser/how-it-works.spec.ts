import { randomUUID } from 'node:crypto';
import type { Chain } from '../chain/chain.ts';
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

function setPolicy(chain: Chain, control: 'mfa' | 'block'): void {
  chain.tenant.directory.state.conditionalAccessPolicies.push({
    id: randomUUID(),
    displayName: 'A policy for leave',
    state: 'enabled',
    conditions: {
      applications: { includeApplications: [appIdsOf(chain).downstream] },
      users: { includeUsers: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: [control] },
  });
}

interface Fault {
  fault: string;
  provoke: (chain: Chain) => void;
  /** Text of the message. */
  message: string;
  /** Steps, and the result that each must show. */
  results: Record<string, string>;
  /** Lines about the sections; none if the whole request failed. */
  sections: readonly string[];
}

const graphToken = 'Token for Microsoft Graph';
const leaveToken = 'Token for the downstream API';
/** Balance or requests: the section fails with the first of both calls, before the other one has ended. */
const leaveCall = 'Downstream API: your leave';

const faults: Fault[] = [
  {
    fault: 'consent for one API is withdrawn',
    provoke: withdrawConsentForGraph,
    message: 'Your consent is needed',
    results: { [graphToken]: 'failed: consent required', [leaveToken]: 'ok' },
    sections: ['Profile, from Microsoft Graph: not read', 'Leave, from the downstream API: read'],
  },
  {
    fault: 'consent for one API is withdrawn and the other API is down',
    provoke: (chain) => {
      withdrawConsentForGraph(chain);
      chain.stopDownstreamApi();
    },
    message: 'Your consent is needed',
    results: {
      [graphToken]: 'failed: consent required',
      [leaveCall]: 'failed: unreachable',
    },
    sections: [],
  },
  {
    fault: 'a policy requires a second factor',
    provoke: (chain) => setPolicy(chain, 'mfa'),
    message: 'Verify your identity',
    results: { [graphToken]: 'ok', [leaveToken]: 'failed: insufficient claims' },
    sections: ['Profile, from Microsoft Graph: read', 'Leave, from the downstream API: not read'],
  },
  {
    fault: 'a policy blocks access',
    provoke: (chain) => setPolicy(chain, 'block'),
    message: 'A policy of the organization blocks access',
    results: { [graphToken]: 'ok', [leaveToken]: 'failed: access blocked' },
    sections: ['Profile, from Microsoft Graph: read', 'Leave, from the downstream API: not read'],
  },
  {
    fault: 'the downstream API is down',
    provoke: (chain) => chain.stopDownstreamApi(),
    message: 'No response from the downstream API',
    results: { [leaveToken]: 'ok', [leaveCall]: 'failed: unreachable' },
    sections: ['Profile, from Microsoft Graph: read', 'Leave, from the downstream API: not read'],
  },
];

for (const { fault, provoke, message, results, sections } of faults) {
  test(`if ${fault}, How it works shows which step failed`, async ({ page, signIn, chain }) => {
    await signIn.complete(priya.mail);
    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
    provoke(chain);
    await chain.renewMiddleTier();
    await page.goto('/how-it-works');

    await expect(page.getByRole('alert')).toContainText(message);
    const request = page.getByRole('region', { name: 'What happened in the last request' });
    for (const [step, result] of Object.entries(results))
      await expect(request.getByRole('row', { name: step }).first().getByRole('cell').first()).toHaveText(
        result,
      );
    for (const section of sections) await expect(request).toContainText(section);
    await expect(request.getByRole('listitem')).toHaveCount(sections.length);
  });
}

test('if every step succeeds, How it works says so', async ({ page, signIn }) => {
  await signIn.complete(priya.mail, '/how-it-works');
  const request = page.getByRole('region', { name: 'What happened in the last request' });
  await expect(request).toContainText('Profile, from Microsoft Graph: read');
  await expect(request).toContainText('Leave, from the downstream API: read');
  await expect(request).not.toContainText('failed');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

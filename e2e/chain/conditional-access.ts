import { randomUUID } from 'node:crypto';
import type { Chain } from './chain.ts';

/** Adds a policy for the downstream API: all users need a second factor, or are blocked. */
export function setLeavePolicy(
  { tenant, environments }: Pick<Chain, 'tenant' | 'environments'>,
  control: 'mfa' | 'block' = 'mfa',
): void {
  tenant.directory.state.conditionalAccessPolicies.push({
    id: randomUUID(),
    displayName: 'A policy for leave',
    state: 'enabled',
    conditions: {
      applications: { includeApplications: [environments.downstreamApi.CLIENT_ID ?? ''] },
      users: { includeUsers: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: [control] },
  });
}

import { createHash, randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { expect } from 'vitest';
import type { TokenResponse } from '../../src/index.ts';
import { codeVerifier, openBrowser } from './browser.ts';
import { requestToken, secret, spaOrigin, spaRedirectUri, type TestTenant } from './tenant.ts';
import { enterPassword, onBehalfOf, signInToSpa } from './users.ts';

/** Headers of a request from the SPA's page. */
export const fromSpa = { Origin: spaOrigin };

/** Gets a code for the SPA, or another client, through the sign-in pages. */
export async function getCode(
  tenant: TestTenant,
  changes: Record<string, string | undefined> = {},
): Promise<string> {
  const browser = openBrowser(tenant);
  await browser.authorize(changes);
  const afterPassword = await enterPassword(browser);
  const { answer } = afterPassword.steps.includes('consent')
    ? await browser.submit('consent', { consent: 'accept' })
    : afterPassword;
  expect(answer.code).toBeDefined();
  return answer.code ?? '';
}

/** Returns the body with which the SPA redeems a code. */
export const redeem = (tenant: TestTenant, code: string, changes: Record<string, string> = {}) => ({
  grant_type: 'authorization_code',
  client_id: tenant.apps.spa,
  code,
  redirect_uri: spaRedirectUri,
  code_verifier: codeVerifier,
  ...changes,
});

/** Signs in to the SPA, and lets the middle tier exchange the assertion made from its tokens. */
export const withAssertion = async (
  tenant: TestTenant,
  make: (tokens: TokenResponse) => string | Promise<string>,
  changes: Record<string, string> = {},
) => requestToken(tenant, onBehalfOf(tenant, await make(await signInToSpa(tenant)), changes));

/** Returns the body with which the middle tier requests a token of its own. */
export const clientCredentials = (tenant: TestTenant, changes: Record<string, string> = {}) => ({
  grant_type: 'client_credentials',
  client_id: tenant.apps.middleTier,
  client_secret: secret,
  scope: `api://${tenant.apps.downstream}/.default`,
  ...changes,
});

/** Signs a token with changed claims, with the tenant's own key. */
export const resign = (tenant: TestTenant, token: string, changes: Record<string, unknown>) => {
  const { kid, privateKey } = tenant.signingKeys.current();
  const claims = { ...decodeJwt(token), ...changes };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(privateKey);
};

/** Returns the same tenant with another first path segment in the address of its token endpoint. */
export function atSegment(tenant: TestTenant, segment: string): TestTenant {
  const token_endpoint = tenant.authorityMetadata.token_endpoint.replace(tenant.tenantId, segment);
  return { ...tenant, authorityMetadata: { ...tenant.authorityMetadata, token_endpoint } };
}

/** Adds a Conditional Access policy for every user. */
export function addPolicy(tenant: TestTenant, control: 'mfa' | 'block', appId: string): void {
  tenant.directory.state.conditionalAccessPolicies.push({
    id: randomUUID(),
    displayName: control,
    state: 'enabled',
    conditions: { applications: { includeApplications: [appId] }, users: { includeUsers: ['All'] } },
    grantControls: { operator: 'OR', builtInControls: [control] },
  });
}

/** Revokes the user's sign-ins, at the tenant's current time. */
export function revoke(tenant: TestTenant, username: string): void {
  const user = tenant.directory.findUser(username);
  tenant.advance(0.001);
  tenant.directory.state.revocations[user?.id ?? ''] = {
    signInSessionsValidFromDateTime: tenant.now().toISOString(),
  };
}

export function addSecret(tenant: TestTenant, appId: string): void {
  tenant.directory.findApplication(appId)?.passwordCredentials.push({
    keyId: randomUUID(),
    displayName: null,
    hint: '',
    startDateTime: '2026-01-01T00:00:00Z',
    endDateTime: '2099-01-01T00:00:00Z',
    secretDigest: createHash('sha256').update(secret).digest('base64url'),
  });
}

/** Requires assignment for an application. */
export function requireAssignment(tenant: TestTenant, appId: string): void {
  const principal = tenant.directory.findServicePrincipal(appId);
  if (principal) principal.appRoleAssignmentRequired = true;
}

/** Assigns a user or service principal to an application, without a particular role. */
export function assign(tenant: TestTenant, principalId: string | undefined, appId: string): void {
  tenant.directory.state.appRoleAssignments.push({
    id: randomUUID(),
    principalId: principalId ?? '',
    resourceId: tenant.directory.findServicePrincipal(appId)?.id ?? '',
    appRoleId: '00000000-0000-0000-0000-000000000000',
  });
}

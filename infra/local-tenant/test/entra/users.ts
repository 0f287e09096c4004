import { type SignInOptions, signInOverHttp, type TokenResponse } from '../../src/index.ts';
import type { Browser, Seen } from './browser.ts';
import { secret, spaOrigin, spaRedirectUri, type TestTenant } from './tenant.ts';

/** Sign-in names by the purpose of each user. */
export const names = {
  employee: 'lukasz.dabrowski@contoso.example',
  manager: 'priya.raman@contoso.example',
  administrator: 'kwame.mensah@contoso.example',
  guest: 'mateo.quispe@fabrikam.example',
  disabled: 'hana.sato@contoso.example',
} as const;
export const password = 'local-password';

/** Signs an employee in to the SPA, and consents. */
export const signInToSpa = (
  tenant: TestTenant,
  changes: Partial<SignInOptions> = {},
): Promise<TokenResponse> =>
  signInOverHttp({
    authorityMetadata: tenant.authorityMetadata,
    clientId: tenant.apps.spa,
    redirectUri: spaRedirectUri,
    origin: spaOrigin,
    scopes: ['openid', 'profile', 'offline_access', tenant.spaScope],
    username: names.employee,
    password,
    consent: 'accept',
    ...changes,
  });

/** Picks an account and enters its password, and returns the page after that. */
export async function enterPassword(browser: Browser, username: string = names.employee): Promise<Seen> {
  await browser.submit('account', { account: username });
  return browser.submit('password', { password });
}

/** Returns the body of the middle tier's On-Behalf-Of request. */
export const onBehalfOf = (tenant: TestTenant, assertion: string, changes: Record<string, string> = {}) => ({
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  client_id: tenant.apps.middleTier,
  client_secret: secret,
  assertion,
  requested_token_use: 'on_behalf_of',
  scope: `api://${tenant.apps.downstream}/Leave.ReadWrite`,
  ...changes,
});

/** Returns the body of the SPA's refresh request, which must come with the SPA's origin. */
export const refresh = (
  tenant: TestTenant,
  token: string | undefined,
  changes: Record<string, string> = {},
) => ({
  grant_type: 'refresh_token',
  client_id: tenant.apps.spa,
  refresh_token: token ?? '',
  scope: tenant.spaScope,
  ...changes,
});

import { randomUUID } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTenant, requestToken, type TestTenant } from '../entra/tenant.ts';
import { clientCredentials } from '../entra/token-requests.ts';
import { names, onBehalfOf, signInToSpa } from '../entra/users.ts';
import { testFields } from './fields.ts';

/**
 * The tables of MicrosoftDocs/entra-docs, docs/identity-platform: access-token-claims-reference.md (2023-05),
 * id-token-claims-reference.md (2023-05), optional-claims-reference.md for those that must be requested.
 */
let tenant: TestTenant;
let close: () => void;
const tokens: Record<string, string> = {};
const claimsOf = (name: string) => () => decodeJwt(tokens[name] ?? '');
const headerOf = (name: string) => () => ({ ...decodeProtectedHeader(tokens[name] ?? '') });

beforeAll(async () => {
  ({ tenant, close } = await openTenant());
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } });
  const signedIn = await signInToSpa(tenant, {
    parameters: { nonce: 'the-nonce', claims },
    scopes: ['openid', 'profile', 'email', tenant.spaScope],
  });
  const guest = await signInToSpa(tenant, { username: names.guest });
  tokens.version2 = signedIn.access_token;
  tokens.guest = guest.access_token;
  tokens.idToken = signedIn.id_token ?? '';
  const exchanged = await requestToken(
    tenant,
    onBehalfOf(tenant, signedIn.access_token, { scope: 'https://graph.microsoft.com/User.Read' }),
  );
  tokens.version1 = String(exchanged.body.access_token);

  const role = { id: randomUUID(), value: 'Leave.Audit', displayName: 'Audit', description: 'Audit' };
  const downstream = tenant.directory.findApplication(tenant.apps.downstream);
  downstream?.appRoles.push({ ...role, isEnabled: true, allowedMemberTypes: ['Application'] });
  tenant.directory.state.appRoleAssignments.push({
    id: randomUUID(),
    principalId: tenant.directory.findServicePrincipal(tenant.apps.middleTier)?.id ?? '',
    resourceId: tenant.directory.findServicePrincipal(tenant.apps.downstream)?.id ?? '',
    appRoleId: role.id,
  });
  const application = await requestToken(tenant, clientCredentials(tenant));
  tokens.application = String(application.body.access_token);
});
afterAll(() => close());

testFields('Access token, header of version 2.0', headerOf('version2'), {
  typ: 'JWT',
  alg: 'RS256',
  kid: 'opaque text',
  x5t: 'absent',
});
testFields('Access token, header of version 1.0', headerOf('version1'), {
  typ: 'JWT',
  alg: 'RS256',
  kid: 'opaque text',
  x5t: 'opaque text',
});
testFields(
  'Access token of version 2.0, for a user',
  claimsOf('version2'),
  {
    acrs: 'absent',
    aud: 'a GUID',
    iss: 'a URL',
    idp: 'absent',
    iat: 'a Unix time',
    nbf: 'a Unix time',
    exp: 'a Unix time',
    aio: 'opaque text',
    acr: 'absent',
    amr: 'absent',
    appid: 'absent',
    azp: 'a GUID',
    appidacr: 'absent',
    azpacr: '0, 1 or 2',
    preferred_username: 'text',
    name: 'text',
    scp: 'text',
    roles: 'absent',
    wids: 'absent',
    groups: 'absent',
    hasgroups: 'absent',
    sub: 'opaque text',
    oid: 'a GUID',
    tid: 'a GUID',
    unique_name: 'absent',
    uti: 'opaque text',
    rh: 'opaque text',
    ver: '2.0',
    xms_cc: 'a list of texts',
    ipaddr: 'absent',
    upn: 'absent',
  },
  { acct: 'optional, registered', idtyp: 'optional, registered', sid: 'the session, as in ID tokens' },
);
testFields(
  'Access token of version 1.0, for a user',
  claimsOf('version1'),
  {
    aud: 'a URL',
    iss: 'a URL',
    iat: 'a Unix time',
    nbf: 'a Unix time',
    exp: 'a Unix time',
    aio: 'opaque text',
    acr: '0 or 1',
    amr: 'a list of texts',
    appid: 'a GUID',
    azp: 'absent',
    appidacr: '0, 1 or 2',
    azpacr: 'absent',
    preferred_username: 'absent',
    name: 'text',
    scp: 'text',
    wids: 'a list of GUIDs',
    sub: 'opaque text',
    oid: 'a GUID',
    tid: 'a GUID',
    unique_name: 'text',
    uti: 'opaque text',
    rh: 'opaque text',
    ver: '1.0',
    upn: 'text',
    family_name: 'text',
    given_name: 'text',
  },
  {
    app_displayname: 'Microsoft Graph gets it',
    idtyp: 'Microsoft Graph gets it',
    sid: 'the session, as in ID tokens',
  },
);
testFields('Access token of version 2.0, for an application', claimsOf('application'), {
  aud: 'a GUID',
  iss: 'a URL',
  iat: 'a Unix time',
  nbf: 'a Unix time',
  exp: 'a Unix time',
  aio: 'opaque text',
  azp: 'a GUID',
  azpacr: '0, 1 or 2',
  name: 'absent',
  preferred_username: 'absent',
  scp: 'absent',
  roles: 'a list of texts',
  sub: 'a GUID',
  oid: 'a GUID',
  tid: 'a GUID',
  uti: 'opaque text',
  rh: 'opaque text',
  ver: '2.0',
});
testFields('ID token, header', headerOf('idToken'), {
  typ: 'JWT',
  alg: 'RS256',
  kid: 'opaque text',
  x5t: 'absent',
});
testFields('ID token', claimsOf('idToken'), {
  aud: 'a GUID',
  iss: 'a URL',
  iat: 'a Unix time',
  idp: 'absent',
  nbf: 'a Unix time',
  exp: 'a Unix time',
  c_hash: 'absent',
  at_hash: 'absent',
  preferred_username: 'text',
  email: 'text',
  name: 'text',
  nonce: 'text',
  oid: 'a GUID',
  roles: 'absent',
  rh: 'opaque text',
  sub: 'opaque text',
  tid: 'a GUID',
  sid: 'a GUID',
  unique_name: 'absent',
  uti: 'opaque text',
  ver: '2.0',
  hasgroups: 'absent',
});

test('a guest’s token names the identity provider', () => {
  expect(decodeJwt(tokens.guest ?? '').idp).toMatch(/^https:\/\/sts\.windows\.net\/[0-9a-f-]{36}\/$/);
});

test('the issuer of version 2.0 ends in /v2.0 and names the tenant, that of version 1.0 ends in the tenant', () => {
  expect(decodeJwt(tokens.version2 ?? '').iss).toMatch(new RegExp(`/${tenant.tenantId}/v2\\.0$`));
  expect(decodeJwt(tokens.version1 ?? '').iss).toMatch(new RegExp(`/${tenant.tenantId}/$`));
});

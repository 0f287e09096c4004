import { expect, test } from 'vitest';
import { type ExpectedToken, explainRejection, type RejectionCode } from '../src/explain-rejection.ts';
import { api, client, otherApi, otherTenantId, tenantId } from '../testing/forge.ts';

const now = 1_800_000_000;
const issuer = `https://login.microsoftonline.com/${tenantId}/v2.0`;
const expected: ExpectedToken = {
  authority: {
    url: `https://login.microsoftonline.com/${tenantId}`,
    tenantId,
    issuer,
    jwksUri: `https://login.microsoftonline.com/${tenantId}/discovery/v2.0/keys`,
    metadata: undefined,
  },
  clientId: api,
  allowedClientIds: [client],
};

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Encodes a token in which nothing is wrong but its signature, with these changes. */
const token = (claims: object = {}, header: object = {}): string =>
  [
    encode({ alg: 'RS256', typ: 'JWT', kid: 'key', ...header }),
    encode({
      ver: '2.0',
      iss: issuer,
      aud: api,
      tid: tenantId,
      azp: client,
      scp: 'access_as_user',
      iat: now,
      nbf: now,
      exp: now + 3600,
      ...claims,
    }),
    'signature',
  ].join('.');

const rows: [code: RejectionCode, title: string, token: string, changes?: Partial<ExpectedToken>][] = [
  ['unverified', 'in which nothing else is wrong', token()],
  ['not_a_jwt', 'that is opaque', 'opaque'],
  ['not_a_jwt', 'whose header is broken', `x${token()}`],
  ['not_a_jwt', 'whose claims are broken', token().replace('.', '.x')],
  ...[
    '00000003-0000-0000-c000-000000000000',
    'https://graph.microsoft.com',
    'https://graph.microsoft.com/',
    'https://graph.microsoft.us',
    'https://dod-graph.microsoft.us',
    'https://microsoftgraph.chinacloudapi.cn',
  ].map((aud): (typeof rows)[number] => ['for_graph', `for ${aud}`, token({ aud })]),
  ...['https://graph.microsoft.com.evil.example', 'x00000003-0000-0000-c000-000000000000'].map(
    (aud): (typeof rows)[number] => ['other_audience', `for ${aud}`, token({ aud })],
  ),
  ['id_token', 'with a nonce and without scopes', token({ nonce: 'x', scp: undefined, aud: client })],
  ['unverified', 'with a nonce and scopes', token({ nonce: 'x' })],
  ['version_1', 'of version 1.0', token({ ver: '1.0', aud: `api://${api}` })],
  [
    'unverified',
    'of version 1.0, where that is accepted',
    token({ ver: '1.0', aud: `api://${api}`, azp: undefined, appid: client }),
    { authority: { ...expected.authority, issuerV1: issuer } },
  ],
  ['unverified', 'for the Application ID URI', token({ aud: `api://${api}` })],
  [
    'unverified',
    'for an Application ID URI of its own',
    token({ aud: 'api://leave' }),
    { appIdUri: 'api://leave' },
  ],
  ['other_audience', 'for another API', token({ aud: otherApi })],
  ['other_audience', 'for a list', token({ aud: [api] })],
  ['other_audience', 'without an audience', token({ aud: undefined })],
  ['other_tenant', 'from another tenant', token({ tid: otherTenantId, iss: issuer })],
  ['other_tenant', 'without a tenant', token({ tid: undefined })],
  [
    'other_tenant',
    'from the own tenant, which is not on the list',
    token(),
    { authority: { ...expected.authority, allowedTenantIds: [otherTenantId] } },
  ],
  [
    'unverified',
    'from another tenant on the list',
    token({ tid: otherTenantId, iss: issuer.replace(tenantId, otherTenantId) }),
    { authority: { ...expected.authority, allowedTenantIds: [tenantId, otherTenantId] } },
  ],
  [
    'other_issuer',
    'whose issuer is of another tenant',
    token({ iss: issuer.replace(tenantId, otherTenantId) }),
  ],
  ['other_issuer', 'without an issuer', token({ iss: undefined })],
  ['expired', 'that has expired by the tolerance', token({ exp: now - 60 })],
  ['expired', 'without an expiry time', token({ exp: undefined })],
  ['unverified', 'that has expired by less', token({ exp: now - 59 })],
  ['from_the_future', 'that is valid after the tolerance', token({ nbf: now + 60 })],
  ['from_the_future', 'that is issued after the tolerance', token({ iat: now + 60 })],
  ['unverified', 'that is valid and issued earlier', token({ nbf: now + 59, iat: now + 59 })],
  ['unverified', 'without times of its start', token({ nbf: undefined, iat: undefined })],
  ['no_permission', 'without scopes and roles', token({ scp: undefined })],
  ['unverified', 'with roles only', token({ scp: undefined, roles: ['Leave.Read.All'] })],
  ['no_client', 'without a calling application', token({ azp: undefined })],
  ['no_client', 'whose calling application is a number', token({ azp: 7 })],
  [
    'unverified',
    'whose calling application is named as in version 1.0',
    token({ azp: undefined, appid: client }),
  ],
  ['unusual_header', 'with another algorithm', token({}, { alg: 'ES256' })],
  ['unusual_header', 'of another type', token({}, { typ: 'at+jwt' })],
];

test.each(rows)('says %s about a token %s', (code, _title, encoded, changes) => {
  expect(explainRejection(encoded, { ...expected, ...changes }, now).code).toBe(code);
});

test.each([
  ['other_audience', token({ aud: client }), /calling application/, new RegExp(`api://${api}/\\.default`)],
  ['other_audience', token({ aud: otherApi }), /another API/, new RegExp(`api://${api}/\\.default`)],
  ['expired', token({ exp: now - 500 }), /expired 500 seconds ago/, /acquireTokenSilent/],
])('names in the explanation %s what is wrong, and what to request', (code, encoded, reason, remedy) => {
  expect(explainRejection(encoded, expected, now)).toEqual({
    code,
    reason: expect.stringMatching(reason),
    remedy: expect.stringMatching(remedy),
  });
});

test('compares with the current time', () => {
  const seconds = Math.floor(Date.now() / 1000);
  const times = { iat: seconds, nbf: seconds, exp: seconds + 3600 };
  expect(explainRejection(token(times), expected).code).toBe('unverified');
  expect(explainRejection(token({ ...times, exp: seconds - 3600 }), expected).code).toBe('expired');
});

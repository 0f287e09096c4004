import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { type Rejection, testRejections } from './rejections.ts';
import { requestToken, secret } from './tenant.ts';
import { addSecret, atSegment, clientCredentials, fromSpa, getCode, redeem } from './token-requests.ts';
import { onBehalfOf } from './users.ts';

const record = z.record(z.string(), z.unknown());
const assertion = (client_assertion: string) => ({
  client_secret: '',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion,
});

testRejections([
  {
    number: 50059,
    when: 'client credentials are requested without naming a tenant',
    error: 'invalid_request',
    async send(tenant) {
      const application = tenant.directory.findApplication(tenant.apps.middleTier);
      if (application) application.signInAudience = 'AzureADMultipleOrgs';
      return requestToken(atSegment(tenant, 'organizations'), clientCredentials(tenant));
    },
  },
  {
    number: 50194,
    when: 'a single-tenant application uses /common',
    error: 'invalid_request',
    send: (tenant) => requestToken(atSegment(tenant, 'common'), clientCredentials(tenant)),
  },
  {
    number: 700016,
    when: 'the client is unknown',
    error: 'unauthorized_client',
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { client_id: randomUUID() })),
  },
  {
    number: 700038,
    withoutPage: true,
    when: 'the client ID is not a GUID',
    error: 'unauthorized_client',
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { client_id: 'me' })),
  },
  {
    number: 700025,
    when: 'a public client presents a secret',
    error: 'invalid_client',
    status: 401,
    async send(tenant) {
      addSecret(tenant, tenant.apps.spa);
      return requestToken(tenant, redeem(tenant, await getCode(tenant), { client_secret: secret }), fromSpa);
    },
  },
  {
    number: 7000112,
    when: 'the client is disabled',
    error: 'unauthorized_client',
    send(tenant) {
      const principal = tenant.directory.findServicePrincipal(tenant.apps.middleTier);
      if (principal) principal.accountEnabled = false;
      return requestToken(tenant, clientCredentials(tenant));
    },
  },
  {
    number: 7000215,
    when: 'the secret is wrong',
    error: 'invalid_client',
    status: 401,
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { client_secret: 'wrong' })),
  },
  {
    number: 7000216,
    when: 'client credentials are requested without authentication',
    error: 'invalid_client',
    status: 401,
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, { client_secret: '' })),
  },
  {
    number: 7000218,
    when: 'a confidential client sends neither secret nor assertion',
    error: 'invalid_client',
    status: 401,
    send: (tenant) => requestToken(tenant, onBehalfOf(tenant, 'token', { client_secret: '' })),
  },
  {
    number: 7000222,
    when: 'the secret has expired',
    error: 'invalid_client',
    status: 401,
    send(tenant) {
      const [credential] =
        tenant.directory.findApplication(tenant.apps.middleTier)?.passwordCredentials ?? [];
      if (credential) credential.endDateTime = '2020-01-01T00:00:00Z';
      return requestToken(tenant, clientCredentials(tenant));
    },
  },
  {
    number: 50027,
    when: 'the client assertion is not a JWT',
    error: 'invalid_client',
    send: (tenant) => requestToken(tenant, clientCredentials(tenant, assertion('not-a-token'))),
  },
  {
    number: 5002738,
    when: 'the client assertion is signed with a secret',
    error: 'invalid_client',
    status: 401,
    async send(tenant) {
      const signed = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32));
      return requestToken(tenant, clientCredentials(tenant, assertion(await signed)));
    },
  },
  ...['client_assertion', 'client_assertion_type'].map(
    (parameter): Rejection => ({
      number: 900144,
      when: `${parameter} is missing and the other is present`,
      error: 'invalid_request',
      send: (tenant) =>
        requestToken(tenant, clientCredentials(tenant, { ...assertion('token'), [parameter]: '' })),
    }),
  ),
  {
    number: 900561,
    when: 'the token endpoint is opened as a page',
    error: 'invalid_request',
    async send(tenant) {
      const response = await fetch(tenant.authorityMetadata.token_endpoint);
      return {
        status: response.status,
        headers: response.headers,
        body: record.parse(await response.json()),
      };
    },
  },
  {
    number: 90002,
    when: 'the tenant does not exist',
    error: 'invalid_request',
    send: (tenant) => requestToken(atSegment(tenant, randomUUID()), clientCredentials(tenant)),
  },
  {
    number: 900023,
    when: 'the tenant name is invalid',
    error: 'invalid_request',
    send: (tenant) => requestToken(atSegment(tenant, 'oauth2'), clientCredentials(tenant)),
  },
  {
    number: 9002346,
    when: 'the endpoint for personal accounts is used',
    error: 'invalid_request',
    send: (tenant) => requestToken(atSegment(tenant, 'consumers'), clientCredentials(tenant)),
  },
]);

import { OnBehalfOfCredential } from '@azure/identity';
import { Client, GraphError } from '@microsoft/microsoft-graph-client';
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { secret, type TestTenant } from '../entra/tenant.ts';
import { names, signInToSpa } from '../entra/users.ts';
import { azureOptions, openHttpsTenant } from './https-tenant.ts';

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openHttpsTenant());
});
afterAll(() => close());

/** Creates Graph's own client, with tokens that `@azure/identity` exchanges on behalf of the user. */
async function openGraph(scopes: string[]): Promise<Client> {
  const { access_token } = await signInToSpa(tenant);
  const credential = new OnBehalfOfCredential({
    tenantId: tenant.tenantId,
    clientId: tenant.apps.middleTier,
    clientSecret: secret,
    userAssertionToken: access_token,
    ...azureOptions(tenant),
  });
  return Client.initWithMiddleware({
    authProvider: new TokenCredentialAuthenticationProvider(credential, { scopes }),
    baseUrl: `${tenant.baseUrl}/graph`,
    customHosts: new Set(['localhost']),
  });
}

const userRead = ['https://graph.microsoft.com/User.Read'];

test('reads the signed-in user, whole and in part', async () => {
  const graph = await openGraph(userRead);
  expect(await graph.api('/me').get()).toMatchObject({ userPrincipalName: names.employee });
  expect(await graph.api('/me').select(['displayName', 'jobTitle']).get()).toEqual({
    '@odata.context': `${tenant.graphBaseUrl}/$metadata#users(displayName,jobTitle)/$entity`,
    displayName: 'Łukasz Dąbrowski',
    jobTitle: 'Software Engineer',
  });
});

test('reads the photo as a stream', async () => {
  const graph = await openGraph(userRead);
  const stream: ReadableStream<Uint8Array> = await graph.api('/me/photo/$value').getStream();
  const photo = Buffer.from(await new Response(stream).arrayBuffer());
  expect(photo.subarray(0, 2).toString('hex')).toBe('ffd8');
});

test.each([
  { path: '/users', status: 403, code: 'Authorization_RequestDenied' },
  { path: '/me/messages', status: 501, code: 'notImplemented' },
])('a rejection of $path is a GraphError: $status $code', async ({ path, status, code }) => {
  const graph = await openGraph(userRead);
  const rejection = await graph
    .api(path)
    .get()
    .catch((error: unknown) => error);
  expect(rejection).toBeInstanceOf(GraphError);
  expect(rejection).toMatchObject({ statusCode: status, code, requestId: expect.any(String) });
});

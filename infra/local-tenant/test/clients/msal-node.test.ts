import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import * as version2 from 'msal-node-2';
import * as version3 from 'msal-node-3';
import * as version5 from 'msal-node-5';
import * as version6 from 'msal-node-6';
import * as version7 from 'msal-node-7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { azureCliAppId } from '../../src/index.ts';
import { secret, type TestTenant, webRedirectUri } from '../entra/tenant.ts';
import { names, signInToSpa } from '../entra/users.ts';
import {
  openHttpsTenant,
  registerPublicClient,
  signInForDevice,
  signInFrom,
  signInThrough,
} from './https-tenant.ts';

interface Tokens {
  accessToken: string;
  account: { username: string; homeAccountId: string } | null;
  fromCache: boolean;
}

/** The part of msal-node that this test uses, the same in every version. */
interface MsalNode {
  ConfidentialClientApplication: new (configuration: {
    auth: { clientId: string; authority: string; knownAuthorities: string[]; clientSecret: string };
  }) => {
    acquireTokenOnBehalfOf(request: { oboAssertion: string; scopes: string[] }): Promise<Tokens | null>;
    acquireTokenByRefreshToken(request: { refreshToken: string; scopes: string[] }): Promise<Tokens | null>;
    getTokenCache(): { serialize(): string };
    acquireTokenByClientCredential(request: { scopes: string[] }): Promise<Tokens | null>;
    getAuthCodeUrl(request: {
      scopes: string[];
      redirectUri: string;
      codeChallenge: string;
      codeChallengeMethod: string;
    }): Promise<string>;
    acquireTokenByCode(request: {
      code: string;
      scopes: string[];
      redirectUri: string;
      codeVerifier: string;
    }): Promise<Tokens>;
    acquireTokenSilent(request: {
      account: Tokens['account'];
      scopes: string[];
      forceRefresh?: boolean;
    }): Promise<Tokens>;
  };
  PublicClientApplication: new (configuration: {
    auth: { clientId: string; authority: string; knownAuthorities: string[] };
  }) => {
    acquireTokenByDeviceCode(request: {
      scopes: string[];
      deviceCodeCallback: (device: { userCode: string }) => void;
    }): Promise<Tokens | null>;
    acquireTokenInteractive(request: {
      scopes: string[];
      openBrowser: (url: string) => Promise<void>;
    }): Promise<Tokens>;
  };
}

/** The versions still in use. There is no version 4. */
const versions: { version: number; msal: MsalNode }[] = [
  { version: 2, msal: version2 },
  { version: 3, msal: version3 },
  { version: 5, msal: version5 },
  { version: 6, msal: version6 },
  { version: 7, msal: version7 },
];

/** What MSAL keeps of refresh tokens. */
const cacheSchema = z.object({ RefreshToken: z.record(z.string(), z.object({ secret: z.string() })) });

let tenant: TestTenant;
let close: () => void;
beforeAll(async () => {
  ({ tenant, close } = await openHttpsTenant());
  tenant.lifetimes.devicePolling = 0;
});
afterAll(() => close());

/** Returns the authority only: MSAL discovers the endpoints. */
const authority = () => ({
  authority: `${tenant.baseUrl}/${tenant.tenantId}`,
  knownAuthorities: [new URL(tenant.baseUrl).host],
});

describe.each(versions)('msal-node $version', ({ msal }) => {
  const openClient = (clientSecret = secret) =>
    new msal.ConfidentialClientApplication({
      auth: { clientId: tenant.apps.middleTier, clientSecret, ...authority() },
    });

  test('on behalf of', async () => {
    const { access_token: oboAssertion } = await signInToSpa(tenant);
    const scopes = [`api://${tenant.apps.downstream}/Leave.Read`];
    const client = openClient();
    const result = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes });
    expect(decodeJwt(result?.accessToken ?? '')).toMatchObject({
      aud: tenant.apps.downstream,
      azp: tenant.apps.middleTier,
      preferred_username: names.employee,
    });
    expect((await client.acquireTokenOnBehalfOf({ oboAssertion, scopes }))?.fromCache).toBe(true);
  });

  test('on behalf of with offline_access, then the refresh token for another resource', async () => {
    const { access_token: oboAssertion } = await signInToSpa(tenant);
    const client = openClient();
    await client.acquireTokenOnBehalfOf({ oboAssertion, scopes: ['User.Read', 'offline_access'] });
    const { RefreshToken } = cacheSchema.parse(JSON.parse(client.getTokenCache().serialize()));
    const [refreshToken] = Object.values(RefreshToken).map(({ secret: token }) => token);
    const scopes = [`api://${tenant.apps.downstream}/Leave.Read`];
    const renewed = await openClient().acquireTokenByRefreshToken({
      refreshToken: refreshToken ?? '',
      scopes,
    });
    expect(decodeJwt(renewed?.accessToken ?? '')).toMatchObject({
      aud: tenant.apps.downstream,
      preferred_username: names.employee,
    });
  });

  test('client credentials', async () => {
    const scopes = [`api://${tenant.apps.downstream}/.default`];
    const result = await openClient().acquireTokenByClientCredential({ scopes });
    expect(decodeJwt(result?.accessToken ?? '')).toMatchObject({ aud: tenant.apps.downstream });
  });

  test('code flow with PKCE, then silently: from the cache, and with the refresh token', async () => {
    const client = openClient();
    const codeVerifier = randomBytes(32).toString('base64url');
    const request = { scopes: ['User.Read'], redirectUri: webRedirectUri };
    const url = await client.getAuthCodeUrl({
      ...request,
      codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      codeChallengeMethod: 'S256',
    });
    const code = (await signInFrom(tenant, url)).searchParams.get('code') ?? '';
    const { account, accessToken } = await client.acquireTokenByCode({ ...request, code, codeVerifier });
    const user = tenant.directory.findUser(names.employee);
    expect(account).toMatchObject({
      username: names.employee,
      homeAccountId: `${user?.id}.${tenant.tenantId}`,
    });

    const scopes = ['User.Read'];
    const cached = await client.acquireTokenSilent({ account, scopes });
    expect(cached).toMatchObject({ accessToken, fromCache: true });
    const renewed = await client.acquireTokenSilent({ account, scopes, forceRefresh: true });
    expect(renewed.fromCache).toBe(false);
    expect(renewed.accessToken).not.toBe(accessToken);
  });

  test('device code', async () => {
    const auth = { clientId: registerPublicClient(tenant), ...authority() };
    const result = await new msal.PublicClientApplication({ auth }).acquireTokenByDeviceCode({
      scopes: ['User.Read'],
      deviceCodeCallback: ({ userCode }) => void signInForDevice(tenant, userCode),
    });
    expect(result?.account?.username).toBe(names.employee);
  });

  test('interactively: the response goes to a free port on the loopback interface', async () => {
    const auth = { clientId: azureCliAppId, ...authority() };
    const { account } = await new msal.PublicClientApplication({ auth }).acquireTokenInteractive({
      scopes: ['https://graph.microsoft.com/.default'],
      openBrowser: async (url) => void signInThrough(tenant, url),
    });
    expect(account?.username).toBe(names.employee);
  });

  test.each([
    {
      number: '65001',
      what: { subError: 'consent_required', errorCode: 'invalid_grant' },
      scope: (): string => 'https://graph.microsoft.com/User.Read.All',
      clientSecret: secret,
    },
    {
      number: '7000215',
      what: { errorCode: 'invalid_client' },
      scope: (): string => `api://${tenant.apps.downstream}/Leave.Read`,
      clientSecret: 'wrong',
    },
  ])('reports AADSTS$number by its number', async ({ number, what, scope, clientSecret }) => {
    const { access_token: oboAssertion } = await signInToSpa(tenant);
    const rejection = openClient(clientSecret).acquireTokenOnBehalfOf({ oboAssertion, scopes: [scope()] });
    await expect(rejection).rejects.toMatchObject(what);
    const error: unknown = await rejection.catch((reason: unknown) => reason);
    expect(String(error instanceof Error && 'errorNo' in error && error.errorNo)).toBe(number);
  });
});

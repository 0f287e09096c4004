import { randomUUID } from 'node:crypto';
import { register } from '@obo/app-registration';
import { password, signInOverHttp } from '@obo/local-tenant';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { setLeavePolicy } from '../chain/conditional-access.ts';
import { withdrawConsents } from '../chain/consents.ts';

const priya = 'priya.raman@contoso.example';
const spaUrl = 'http://localhost:1';
const bffUrl = 'http://localhost:2';
const mobileRedirectUri = 'msauth.com.contoso.leave://auth';

/** Every kind of client, with how it gets its token for the middle tier. */
const clients = [
  { key: 'spa', redirectUri: `${spaUrl}/redirect.html`, origin: spaUrl },
  { key: 'cli', redirectUri: 'http://localhost' },
  { key: 'bff', redirectUri: `${bffUrl}/sign-in/callback` },
  { key: 'mcpClient', redirectUri: 'http://localhost:53682/callback' },
  { key: 'mobile', redirectUri: mobileRedirectUri },
] as const;
type Client = (typeof clients)[number];

const startWithClients = (
  redirect: () => Promise<Record<string, string>> = async () => ({}),
): Promise<Chain> =>
  startChain({
    spaUrl,
    mcp: true,
    redirect,
    registerApps: (options) =>
      register({
        ...options,
        urls: { ...options.urls, bff: bffUrl },
        mobileRedirectUris: [mobileRedirectUri],
      }),
  });

async function accessTokenOf(chain: Chain, client: Client): Promise<string> {
  const { CLIENT_ID = '', CLIENT_SECRET } = chain.environments[client.key];
  const { access_token } = await signInOverHttp({
    authorityMetadata: chain.tenant.authorityMetadata,
    clientId: CLIENT_ID,
    scopes: [`${chain.environments.spa.API_APP_ID_URI}/.default`],
    username: priya,
    password,
    consent: 'accept',
    // As MSAL does for a client with the capability cp1.
    parameters: { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}' },
    ...client,
    ...(CLIENT_SECRET === undefined ? {} : { clientSecret: CLIENT_SECRET }),
  });
  return access_token;
}

async function overview(chain: Chain, token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${chain.middleTierUrl}/api/overview`, { headers });
  return { status: response.status, body: await response.json() };
}

const signOutEverywhere = (chain: Chain) => {
  const { id = '' } = chain.tenant.directory.findUser(priya) ?? {};
  chain.tenant.directory.state.revocations[id] = {
    signInSessionsValidFromDateTime: new Date(Date.now() + 60_000).toISOString(),
  };
};

const situations = [
  {
    situation: 'all is well',
    cause: (_chain: Chain) => {},
    answer: { status: 200, body: { profile: { state: 'ok' }, leave: { state: 'ok' } } },
  },
  {
    situation: 'the consent was withdrawn',
    cause: withdrawConsents,
    answer: { status: 200, body: { profile: { state: 'action_required', challenge: { kind: 'consent' } } } },
  },
  {
    situation: 'a policy requires a second factor',
    cause: (chain: Chain) => setLeavePolicy(chain),
    answer: { status: 200, body: { leave: { state: 'action_required', challenge: { kind: 'claims' } } } },
  },
  {
    situation: 'the user was signed out everywhere',
    cause: signOutEverywhere,
    answer: { status: 401, body: { code: 'invalid_token' } },
  },
];

describe('the middle tier', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startWithClients();
  });
  beforeEach(async () => {
    await chain.reset();
    await chain.renewMiddleTier();
  });
  afterAll(() => chain.close());

  describe.each(clients)('for the client $key', (client) => {
    test.each(situations)(
      'gives the same answer as for any other if $situation',
      async ({ cause, answer }) => {
        const token = await accessTokenOf(chain, client);
        cause(chain);
        expect(await overview(chain, token)).toMatchObject(answer);
      },
    );

    test('rejects a token that has expired', async () => {
      chain.tenant.lifetimes.accessToken = -600;
      const token = await accessTokenOf(chain, client);
      expect(await overview(chain, token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    });
  });
});

test('clients that are not on the allow-list are rejected, of whatever kind', async () => {
  const chain = await startWithClients(async () => ({ ALLOWED_CLIENT_IDS: randomUUID() }));
  for (const client of clients) {
    const answer = await overview(chain, await accessTokenOf(chain, client));
    expect(answer).toMatchObject({ status: 403, body: { code: 'client_not_allowed' } });
  }
  await chain.close();
});

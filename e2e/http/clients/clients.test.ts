import { randomUUID } from 'node:crypto';
import { register } from '@obo/app-registration';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { setLeavePolicy } from '../../chain/conditional-access.ts';
import { withdrawConsents } from '../../chain/consents.ts';
import { agent } from './agent.ts';
import { backendForFrontend } from './backend-for-frontend.ts';
import { type Answers, type Client, priya, type UserAtClient } from './client.ts';
import { commandLine } from './command-line.ts';
import { mobileApp, mobileRedirectUri, singlePageApp, spaUrl } from './token-clients.ts';

const clients: readonly Client[] = [singlePageApp, mobileApp, commandLine, backendForFrontend, agent];

const startWithClients = (
  redirect: () => Promise<Record<string, string>> = async () => ({}),
): Promise<Chain> =>
  startChain({
    spaUrl,
    bffUrl: 'http://localhost:2',
    mcp: true,
    redirect,
    registerApps: (options) => register({ ...options, mobileRedirectUris: [mobileRedirectUri] }),
  });

/** The user signs in, and gets a token that has expired. */
async function expireToken({ tenant }: Chain, user: UserAtClient): Promise<void> {
  tenant.lifetimes.accessToken = -600;
  await (user.expireToken?.() ?? user.signIn('accept'));
  tenant.lifetimes.accessToken = 3_600;
}

function signOutEverywhere({ tenant }: Chain): void {
  const { id = '' } = tenant.directory.findUser(priya) ?? {};
  tenant.directory.state.revocations[id] = { signInSessionsValidFromDateTime: new Date().toISOString() };
}

/** What happens to a user who has signed in. */
const situations: readonly {
  situation: keyof Answers;
  cause: (chain: Chain, user: UserAtClient) => unknown;
}[] = [
  { situation: 'all is well', cause: () => {} },
  { situation: 'the access token has expired', cause: expireToken },
  { situation: 'the consent was withdrawn', cause: withdrawConsents },
  { situation: 'a policy requires a second factor', cause: (chain) => setLeavePolicy(chain) },
  { situation: 'the user was signed out everywhere', cause: signOutEverywhere },
];

describe('at a middle tier that allows it', () => {
  let chain: Chain;
  let user: UserAtClient;
  beforeAll(async () => {
    chain = await startWithClients();
  });
  beforeEach(async () => {
    await chain.reset();
    await chain.renewMiddleTier();
  });
  afterEach(() => user.close());
  afterAll(() => chain.close());

  describe.each(clients)('$name', ({ open, answers }) => {
    test.each(situations)(
      'answers as documented if $situation, and works after the user has done what it asks for',
      async ({ situation, cause }) => {
        user = await open(chain);
        await user.signIn('accept');
        await cause(chain, user);
        expect(await user.readOverview()).toMatchObject(answers[situation]);
        if (answers[situation] === answers['all is well']) return;
        await user.recover();
        expect(await user.readOverview()).toMatchObject(answers['all is well']);
      },
    );

    test('answers as documented if the user declines to consent', async () => {
      user = await open(chain);
      expect(await user.signIn('decline')).toMatchObject(answers['the user declines to consent']);
    });
  });
});

describe('at a middle tier that does not allow it', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startWithClients(async () => ({ ALLOWED_CLIENT_IDS: randomUUID() }));
  });
  afterAll(() => chain.close());

  test.each(clients)('$name is rejected, and asks the user for nothing', async ({ open, answers }) => {
    const user = await open(chain);
    const signedIn = await user.signIn('accept');
    expect({ ...signedIn, ...(await user.readOverview()) }).toMatchObject(
      answers['the client is not on the allow-list'],
    );
    await user.close();
  });
});

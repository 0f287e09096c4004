import { browseOverHttp, password, signInOverHttp } from '@obo/local-tenant';
import { expect } from 'vitest';
import { type Agent, connectAgent } from '../mcp/agent.ts';
import { type Client, priya } from './client.ts';

const redirectUri = 'http://localhost:53682/callback';
const user = { username: priya, password };
const withLink = (words: string) => [expect.stringMatching(new RegExp(`^${words}.* http`))];

export const agent: Client = {
  name: 'an agent',
  answers: {
    'the user declines to consent': { failed: expect.stringContaining('AADSTS65004') },
    'all is well': { profile: { name: 'Priya Raman' }, leave: { requests: [] }, problems: [] },
    'the access token has expired': { failed: expect.stringContaining('Unauthorized') },
    'the consent was withdrawn': { profile: null, problems: withLink('Your consent is missing') },
    'a policy requires a second factor': {
      profile: { name: 'Priya Raman' },
      leave: null,
      problems: withLink('You have to verify your identity'),
    },
    'the user was signed out everywhere': { failed: expect.stringContaining('Unauthorized') },
    'the client is not on the allow-list': { failed: expect.stringContaining('client_not_allowed') },
  },
  async open(chain) {
    let connected: Agent | undefined;
    let link: string | undefined;
    async function connect(consent: 'accept' | 'decline'): Promise<object> {
      await connected?.close();
      connected = undefined;
      connected = await connectAgent(
        chain,
        async (address) => (await browseOverHttp(address, { ...user, consent }, redirectUri)).url,
        redirectUri,
      );
      return {};
    }
    const told = (work: () => Promise<object>) =>
      work().catch((error: unknown) => ({ failed: String(error) }));
    return {
      signIn: (consent) => told(() => connect(consent)),
      readOverview: () =>
        told(async () => {
          const { structuredContent = {} } = (await connected?.call('get_overview')) ?? {};
          link = /http[^\s"]+/.exec(JSON.stringify(structuredContent.problems))?.[0];
          return structuredContent;
        }),
      async recover() {
        if (link === undefined) await connect('accept');
        else {
          const { page } = await browseOverHttp(link, { ...user, consent: 'accept' });
          expect(page).toContain('<h1>Done</h1>');
        }
      },
      async expireToken() {
        const { CLIENT_ID = '' } = chain.environments.mcpClient;
        const { access_token } = await signInOverHttp({
          authorityMetadata: chain.tenant.authorityMetadata,
          clientId: CLIENT_ID,
          redirectUri,
          scopes: [`${chain.environments.middleTierApi.MCP_URL}/.default`],
          ...user,
        });
        connected?.useAccessToken(access_token);
      },
      async close() {
        await connected?.close();
      },
    };
  },
};

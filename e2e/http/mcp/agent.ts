import {
  Client,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { browseOverHttp, password } from '@obo/local-tenant';
import { observeLog } from '@obo/service-defaults/testing';
import { z } from 'zod';
import type { Chain } from '../../chain/chain.ts';

export const priya = 'priya.raman@contoso.example';
export const amara = 'amara.okafor@contoso.example';

const resultSchema = z.object({
  isError: z.boolean().default(false),
  content: z.array(z.object({ text: z.string() })),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
});

/** An agent of one user: an unmodified client of the SDK, which knows only the server's URL and its own client ID. */
export interface Agent {
  call(tool: string, input?: Record<string, unknown>): Promise<z.infer<typeof resultSchema>>;
  client: Client;
  /** Times that the user was sent to sign in. */
  signIns(): number;
  accessToken(): string;
  /** Replaces the access token that it got. */
  useAccessToken(token: string): void;
  close(): Promise<void>;
}

/** Opens the address at which a user signs in, and returns the address to which the tenant leads the browser back. */
export type OpenSignIn = (address: string, redirectUrl: string) => Promise<URL>;

/** Signs a user in on the tenant's pages over HTTP, and consents. */
const signInAs =
  (username: string): OpenSignIn =>
  async (address, redirectUrl) =>
    (await browseOverHttp(address, { username, password, consent: 'accept' }, redirectUrl)).url;

/**
 * Connects an agent.
 *
 * @param user Who signs in over HTTP whenever the client asks for it, or how that is done instead.
 */
export async function connectAgent(
  chain: Pick<Chain, 'environments'>,
  user: string | OpenSignIn,
  redirectUrl = 'http://localhost:53682/callback',
): Promise<Agent> {
  const openSignIn = typeof user === 'string' ? signInAs(user) : user;
  const { MCP_URL = '', CLIENT_ID = '' } = chain.environments.mcpClient;
  let tokens: OAuthTokens | undefined;
  let verifier = '';
  let discovery: OAuthDiscoveryState | undefined;
  let redirected: URL | undefined;
  let signIns = 0;
  const authProvider: OAuthClientProvider = {
    redirectUrl,
    clientMetadata: { redirect_uris: [redirectUrl], token_endpoint_auth_method: 'none' },
    clientInformation: () => ({ client_id: CLIENT_ID }),
    tokens: () => tokens,
    saveTokens(saved) {
      tokens = saved;
    },
    async redirectToAuthorization(url) {
      signIns++;
      redirected = await openSignIn(url.href, redirectUrl);
    },
    saveCodeVerifier(saved) {
      verifier = saved;
    },
    codeVerifier: () => verifier,
    discoveryState: () => discovery,
    saveDiscoveryState(saved) {
      discovery = saved;
    },
  };

  const connect = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), { authProvider });
    const client = new Client({ name: 'test', version: '1.0.0' });
    try {
      await client.connect(transport);
    } catch (error) {
      if (!redirected) throw error;
      await transport.finishAuth(redirected.searchParams);
      redirected = undefined;
      return undefined;
    }
    return client;
  };
  const client = (await connect()) ?? (await connect());
  if (!client) throw new Error('The agent was sent to sign in twice.');
  return {
    client,
    async call(name, input = {}) {
      const result = resultSchema.parse(await client.callTool({ name, arguments: input }));
      observeLog(JSON.stringify(result));
      return result;
    },
    signIns: () => signIns,
    accessToken: () => tokens?.access_token ?? '',
    useAccessToken(token) {
      if (tokens) tokens = { ...tokens, access_token: token };
    },
    close: () => client.close(),
  };
}

/** Returns the only link in the words of a tool. */
export function linkIn(text = ''): string {
  const [link] = /http[^\s"]+/.exec(text) ?? [];
  if (link === undefined) throw new Error(`No link in: ${text}`);
  return link;
}

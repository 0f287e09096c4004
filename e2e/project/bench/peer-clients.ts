import { createHash } from 'node:crypto';
import {
  ConfidentialClientApplication,
  type Configuration,
  type ICachePlugin,
  type INetworkModule,
} from '@azure/msal-node';
import { metadataAt, parties } from './large-tokens.ts';

/** Acquires a token for one resource on behalf of the user of an assertion. */
export type AcquireToken = (assertion: string, scopes: readonly string[]) => Promise<string>;

export interface PeerOptions {
  /** Sends requests to a token endpoint. */
  tokenEndpoint?: string;
  networkClient?: INetworkModule;
}

/** Options with made-up credentials, for an issuer whose metadata is never fetched. */
function configurationOf({ tokenEndpoint, networkClient }: PeerOptions): Configuration {
  const { authority } = parties;
  const metadata = metadataAt(authority);
  return {
    auth: {
      clientId: parties.middleTierApi,
      clientSecret: 'a secret of the bench',
      authority,
      knownAuthorities: [new URL(authority).host],
      authorityMetadata: JSON.stringify({
        ...metadata,
        ...(tokenEndpoint && { token_endpoint: tokenEndpoint }),
      }),
    },
    system: { ...(networkClient && { networkClient }) },
  };
}

/** Creates one client for the whole process, which caches all users' tokens, as in most samples of this flow. */
export function createProcessWideClient(options: PeerOptions): AcquireToken {
  const client = new ConfidentialClientApplication(configurationOf(options));
  return (oboAssertion, scopes) => acquire(client, oboAssertion, scopes);
}

/** Creates a store for the tokens of one partition. */
export interface PartitionStore {
  get(partition: string): Promise<string | null>;
  set(partition: string, content: string): Promise<unknown>;
}

/** Creates a client for each request, with one store partition for each assertion, as MSAL's documentation advises. */
export function createClientPerRequest(options: PeerOptions, store: PartitionStore): AcquireToken {
  const configuration = configurationOf(options);
  return async (oboAssertion, scopes) => {
    const partition = `bench:${createHash('sha256').update(oboAssertion).digest('base64url')}`;
    const cachePlugin: ICachePlugin = {
      async beforeCacheAccess({ tokenCache }) {
        const content = await store.get(partition);
        if (content !== null) tokenCache.deserialize(content);
      },
      async afterCacheAccess({ cacheHasChanged, tokenCache }) {
        if (cacheHasChanged) await store.set(partition, tokenCache.serialize());
      },
    };
    const client = new ConfidentialClientApplication({ ...configuration, cache: { cachePlugin } });
    // Without this, MSAL does not call the plugin before it looks for a token.
    await client.getTokenCache().getAllAccounts();
    return acquire(client, oboAssertion, scopes);
  };
}

async function acquire(
  client: ConfidentialClientApplication,
  oboAssertion: string,
  scopes: readonly string[],
): Promise<string> {
  const result = await client.acquireTokenOnBehalfOf({ oboAssertion, scopes: [...scopes] });
  if (!result) throw new Error('MSAL has no token');
  return result.accessToken;
}

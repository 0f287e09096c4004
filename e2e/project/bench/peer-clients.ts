import { createHash } from 'node:crypto';
import {
  ConfidentialClientApplication,
  type Configuration,
  type ICachePlugin,
  type INetworkModule,
} from '@azure/msal-node';
import { metadataAt, parties } from './large-tokens.ts';

/** Acquires a token for one resource on behalf of the person whose assertion it is given. */
export type AcquireToken = (assertion: string, scopes: readonly string[]) => Promise<string>;

export interface PeerOptions {
  /** The token endpoint, wherever it is. */
  tokenEndpoint?: string;
  networkClient?: INetworkModule;
}

/** Credentials of no client, for an issuer that is not asked for its metadata. */
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

/** One client for the whole process, which keeps everybody's tokens: what most samples of this flow do. */
export function createProcessWideClient(options: PeerOptions): AcquireToken {
  const client = new ConfidentialClientApplication(configurationOf(options));
  return (oboAssertion, scopes) => acquire(client, oboAssertion, scopes);
}

/** A store for the tokens of one partition. */
export interface PartitionStore {
  get(partition: string): Promise<string | null>;
  set(partition: string, content: string): Promise<unknown>;
}

/** A client for each request, whose tokens are in a store, in one partition for each assertion: MSAL's advice. */
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
    // Without this, MSAL would not ask the plugin before it looks for a token.
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

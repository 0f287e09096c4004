import type { FailureTimes } from '@obo/middle-tier-api';
import { type Chain, startChain } from './chain.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** A chain whose middle tier reaches the services behind it through proxies that can fail. */
export interface FaultyChain extends Chain {
  /** By the names that the middle tier's problems call the services. */
  proxies: Readonly<Record<'graph' | 'identity_provider' | 'downstream', FaultProxy>>;
  /** Lets all proxies pass everything on, and forget what they saw. */
  endFaults(): void;
}

/** Starts a chain with all three proxies passing everything on. Only the middle tier calls through them. */
export async function startFaultyChain(failureTimes?: FailureTimes): Promise<FaultyChain> {
  let proxies: FaultyChain['proxies'] | undefined;
  const chain = await startChain({
    ...(failureTimes ? { failureTimes } : {}),
    async redirect({ authorityMetadata, graphBaseUrl, downstreamUrl }) {
      const [graph, identity_provider, downstream] = await Promise.all([
        startFaultProxy(new URL(graphBaseUrl).origin),
        startFaultProxy(new URL(authorityMetadata.token_endpoint).origin),
        startFaultProxy(downstreamUrl),
      ]);
      proxies = { graph, identity_provider, downstream };
      const through = (proxy: FaultProxy, url: string): string => proxy.origin + new URL(url).pathname;
      return {
        GRAPH_BASE_URL: through(graph, graphBaseUrl),
        DOWNSTREAM_API_BASE_URL: downstream.origin,
        AUTHORITY_METADATA: JSON.stringify({
          ...authorityMetadata,
          token_endpoint: through(identity_provider, authorityMetadata.token_endpoint),
          jwks_uri: through(identity_provider, authorityMetadata.jwks_uri),
        }),
      };
    },
  });
  if (!proxies) throw new Error('The middle tier was not led through the proxies');
  const started = proxies;
  return {
    ...chain,
    proxies: started,
    endFaults() {
      for (const proxy of Object.values(started)) {
        proxy.pass();
        proxy.forget();
      }
    },
    async close() {
      await chain.close();
      await Promise.all(Object.values(started).map((proxy) => proxy.close()));
    },
  };
}

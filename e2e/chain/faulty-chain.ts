import type { FailureTimes } from '@obo/middle-tier-api';
import { type Chain, startChain } from './chain.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** A chain whose middle tier reaches its dependencies through proxies that can fail. */
export interface FaultyChain extends Chain {
  /** Keyed by the dependency names in the middle tier's problems. */
  proxies: Readonly<Record<'graph' | 'identity_provider' | 'downstream', FaultProxy>>;
  /** Makes all proxies forward everything, and clears their recorded requests. */
  endFaults(): void;
}

/**
 * Starts a chain with all three proxies forwarding everything. Only the middle tier calls through them.
 *
 * @param options As for `startChain`.
 */
export async function startFaultyChain(
  failureTimes?: FailureTimes,
  options: { environment?: Record<string, string>; calendar?: boolean } = {},
): Promise<FaultyChain> {
  let proxies: FaultyChain['proxies'] | undefined;
  const chain = await startChain({
    ...options,
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
  if (!proxies) throw new Error('The middle tier does not use the proxies');
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

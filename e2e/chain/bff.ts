import { createBff, readConfiguration } from '@obo/bff';
import { createTestLogger } from '@obo/service-defaults/testing';
import { type Chain, startChain } from './chain.ts';
import { listenLate } from './late-listener.ts';

/** The chain with the backend for frontend in front of it. */
export interface BffChain extends Chain {
  bffUrl: string;
}

/**
 * Starts the chain and the backend for frontend in this process.
 *
 * @param spaDirectory A build of the SPA for it.
 * @param variables More variables of the backend for frontend.
 * @param options Of the chain.
 */
export async function startBffChain(
  spaDirectory: string,
  variables: Readonly<Record<string, string>> = {},
  options: Parameters<typeof startChain>[0] = {},
): Promise<BffChain> {
  const server = await listenLate();
  const chain = await startChain({ ...options, bffUrl: server.url });
  const configuration = readConfiguration({
    ...chain.environments.bff,
    SPA_DIRECTORY: spaDirectory,
    ...variables,
  });
  const bff = createBff(configuration, createTestLogger('bff'));
  server.serve(bff.app);
  return {
    ...chain,
    bffUrl: server.url,
    async close() {
      await server.close();
      await bff.close();
      await chain.close();
    },
  };
}

import type { Environment } from '@obo/app-registration';
import { createBff, readConfiguration } from '@obo/bff';
import { createTestLogger } from '@obo/service-defaults/testing';
import { type Chain, startChain } from './chain.ts';
import { listenLate } from './late-listener.ts';

/** The chain with the backend for frontend in front of it. */
export interface BffChain extends Chain {
  bffUrl: string;
}

/** Another instance of the backend for frontend. */
export interface BffInstance {
  url: string;
  close(): Promise<void>;
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
  const bff = serve(server, { ...chain.environments.bff, SPA_DIRECTORY: spaDirectory, ...variables });
  return {
    ...chain,
    bffUrl: server.url,
    async close() {
      await bff.close();
      await chain.close();
    },
  };
}

/** Starts an instance at an address of its own, for browsers that a proxy would send there. */
export const startBffInstance = async (environment: Environment): Promise<BffInstance> =>
  serve(await listenLate(), environment);

function serve(server: Awaited<ReturnType<typeof listenLate>>, environment: Environment): BffInstance {
  const bff = createBff(readConfiguration(environment), createTestLogger('bff'));
  server.serve(bff.app);
  return {
    url: server.url,
    async close() {
      await server.close();
      await bff.close();
    },
  };
}

import { createServer } from 'node:net';
import { readConfiguration } from '@obo/spa/configuration';
import { createSpaConfig } from '@obo/spa/vite';
import { preview } from 'vite';

/**
 * Serves the SPA's production build with one environment's configuration.
 *
 * @param directory Where the build is; the SPA's `dist` if omitted.
 */
export async function serveSpa(
  environment: Readonly<Record<string, string>>,
  port: number,
  directory?: string,
): Promise<{ close(): Promise<void> }> {
  const config = createSpaConfig({ configuration: readConfiguration(environment), port });
  const server = await preview({
    ...config,
    ...(directory === undefined ? {} : { build: { ...config.build, outDir: directory } }),
    logLevel: 'error',
  });
  return { close: () => server.close() };
}

/** A port that nothing listens on now. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

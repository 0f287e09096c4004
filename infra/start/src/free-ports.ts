import { createServer } from 'node:net';
import { StartError, type WantedPort } from './configuration.ts';

/**
 * Makes sure that nothing listens on the ports yet, on either loopback address.
 *
 * @throws {StartError} naming each taken port, what wants it, and the variable that changes it.
 */
export async function ensurePortsAreFree(wanted: readonly WantedPort[]): Promise<void> {
  const messages: string[] = [];
  for (const { port, purpose, variable } of wanted) {
    const free = (await Promise.all(['127.0.0.1', '::1'].map((address) => isFree(port, address)))).every(
      Boolean,
    );
    if (!free) {
      messages.push(
        `Port ${port} is in use, and ${purpose} wants it. Free it, or choose another with ${variable}=<port>.`,
      );
    }
  }
  if (messages.length > 0) throw new StartError(messages.join('\n'));
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) =>
      resolve(!('code' in error) || (error.code !== 'EADDRINUSE' && error.code !== 'EACCES')),
    );
    server.listen({ port, host: address, ipv6Only: true, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

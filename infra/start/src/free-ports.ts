import { createServer } from 'node:net';
import { StartError, type WantedPort } from './configuration.ts';

/**
 * Makes sure that no port is wanted twice, and that nothing listens on any of them yet, on either loopback address.
 *
 * @throws {StartError} naming each port, what wants it, and the variable that changes it.
 */
export async function ensurePortsAreFree(wanted: readonly WantedPort[]): Promise<void> {
  const twice = wanted.filter(({ port }, at) => wanted.findIndex((other) => other.port === port) !== at);
  if (twice.length > 0) {
    throw new StartError(
      twice.map(({ port, variable }) => `Port ${port} is wanted twice: change ${variable}.`).join('\n'),
    );
  }
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

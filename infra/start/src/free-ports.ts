import { createServer } from 'node:net';
import { type Port, StartError } from './configuration.ts';

/**
 * Checks that each port is configured once, and that nothing listens on it, on either loopback address.
 *
 * @throws {StartError} naming each port, what needs it, and the variable that changes it.
 */
export async function ensurePortsAreFree(ports: readonly Port[]): Promise<void> {
  const problems = await Promise.all(
    ports.map(async ({ number, variable, description }, at) => {
      if (ports.findIndex((port) => port.number === number) < at)
        return [`Port ${number} is configured twice: change ${variable}.`];
      if (await isFree(number)) return [];
      return [
        `Port ${number} is already in use. Free it, or choose another one: ${variable}=<port> (${description}).`,
      ];
    }),
  );
  if (problems.flat().length > 0) throw new StartError(problems.flat().join('\n'));
}

async function isFree(port: number): Promise<boolean> {
  const free = await Promise.all(['127.0.0.1', '::1'].map((host) => canListen(port, host)));
  return free.every(Boolean);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Any other error, such as a machine without IPv6, does not say that the port is taken.
    server.once('error', (error) =>
      resolve(!('code' in error) || (error.code !== 'EADDRINUSE' && error.code !== 'EACCES')),
    );
    server.listen({ port, host, ipv6Only: true, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

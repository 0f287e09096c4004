import { once } from 'node:events';
import { createServer } from 'node:http';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { createLocalTenant } from './local-tenant.ts';

try {
  // biome-ignore lint/style/noProcessEnv: the one place that reads the environment.
  const { port, dataDirectory } = readConfiguration(process.env);
  const baseUrl = `http://localhost:${port}`;
  const log = (event: object) => process.stdout.write(`${JSON.stringify({ time: new Date(), ...event })}\n`);
  const { app } = await createLocalTenant({ baseUrl, dataDirectory, log });

  // The loopback interface only: anybody who reaches the tenant can be anybody in it.
  const servers = ['127.0.0.1', '::1'].map((address) =>
    createServer({ maxHeaderSize: 65_536 }, app).listen(port, address),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  process.stdout.write(`Local tenant: ${baseUrl}, data in ${dataDirectory}\n`);

  const stop = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  const isKnown = error instanceof ConfigurationError || (error instanceof Error && 'code' in error);
  process.stderr.write(`${isKnown ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

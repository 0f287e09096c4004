import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createLogger } from '@obo/service-defaults/observability';
import { startTelemetry } from '@obo/service-defaults/server';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { openServerCertificate } from './https-certificate.ts';
import { createLocalTenant } from './local-tenant.ts';

/** The loopback interface only: anybody who reaches the tenant can be anybody in it. */
const addresses = ['127.0.0.1', '::1'];
const maxHeaderSize = 65_536;
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  // biome-ignore lint/style/noProcessEnv: the one place that reads the environment.
  const configuration = readConfiguration(process.env);
  const { port, httpsPort, signInHost, dataDirectory } = configuration;
  const baseUrl = `http://localhost:${port}`;
  const log = (event: object) => say(JSON.stringify({ time: new Date(), ...event }));
  const logger = createLogger('local-tenant', 'info');
  const telemetry = await startTelemetry('local-tenant', configuration.telemetry, logger);
  const { tracer } = telemetry;
  const tenant = await createLocalTenant({ baseUrl, signInHost, dataDirectory, log, tracer });

  const certificate = httpsPort === undefined ? undefined : await openServerCertificate(dataDirectory);
  const httpsUrl = `https://localhost:${httpsPort}`;
  const servers = addresses.map((address) =>
    createServer({ maxHeaderSize }, tenant.app).listen(port, address),
  );
  if (certificate) {
    const app = tenant.appAt(httpsUrl);
    servers.push(
      ...addresses.map((address) =>
        createTlsServer({ ...certificate, maxHeaderSize }, app).listen(httpsPort, address),
      ),
    );
  }
  await Promise.all(servers.map((server) => once(server, 'listening')));
  say(`Local tenant: ${baseUrl}, data in ${dataDirectory}`);
  if (certificate) say(`Local tenant: ${httpsUrl}, its certificate is ${certificate.file}`);

  const stop = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    void telemetry.close();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  const isKnown = error instanceof ConfigurationError || (error instanceof Error && 'code' in error);
  process.stderr.write(`${isKnown ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

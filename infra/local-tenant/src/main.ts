import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { openServerCertificate } from './https-certificate.ts';
import { createLocalTenant } from './local-tenant.ts';
import { servicesOfParent } from './switches/services-of-parent.ts';

/** Loopback only: any client that reaches the tenant can sign in as any user. */
const addresses = ['127.0.0.1', '::1'];
const maxHeaderSize = 65_536;
const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  // biome-ignore lint/style/noProcessEnv: the one place that reads the environment.
  const { port, httpsPort, signInHost, dataDirectory, tracing } = readConfiguration(process.env);
  const baseUrl = `http://localhost:${port}`;
  const log = (event: object) => print(JSON.stringify({ time: new Date(), ...event }));
  // Loaded only when used: the OpenTelemetry SDK takes a third of the time to start.
  const tracer = tracing && (await import('./tracing.ts')).startTracing(tracing, log);
  const tenant = await createLocalTenant({
    baseUrl,
    signInHost,
    dataDirectory,
    log,
    services: servicesOfParent(process),
    traceRequests: tracer?.traceRequests,
  });

  const httpsUrl = `https://localhost:${httpsPort}`;
  const certificate = httpsPort === undefined ? undefined : await openServerCertificate(dataDirectory);
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
  print(`Local tenant: ${baseUrl}, data in ${dataDirectory}`);
  if (certificate) print(`Local tenant: ${httpsUrl}, its certificate is ${certificate.file}`);

  const stop = () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
    void tracer?.close();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  const isExpected = error instanceof ConfigurationError || (error instanceof Error && 'code' in error);
  process.stderr.write(
    `${isExpected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
}

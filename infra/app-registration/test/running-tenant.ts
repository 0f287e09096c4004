import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalTenant, type LocalTenant } from '@obo/local-tenant';
import { environmentFilesIn } from '../src/environment-files.ts';
import { accessLocalTenant } from '../src/local-tenant.ts';
import { type RegisterResult, register } from '../src/register.ts';

const urls = {
  spa: 'http://localhost:3000',
  middleTierApi: 'http://localhost:4000',
  downstreamApi: 'http://localhost:4100',
};

export interface RunningTenant extends AsyncDisposable {
  baseUrl: string;
  tenant: LocalTenant;
  environmentDirectory: string;
  files: ReturnType<typeof environmentFilesIn>;
  /** Registers the apps as the program does. */
  register(getToken?: () => Promise<string>): Promise<RegisterResult>;
}

/** Runs a server on a free port of the loopback interface. */
export async function listen(listener?: RequestListener): Promise<{ server: Server; origin: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { server, origin: `http://localhost:${address.port}` };
}

export async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** Starts an empty local tenant that keeps everything in memory, and makes a place for environment files. */
export async function runTenant(): Promise<RunningTenant> {
  const { server, origin: baseUrl } = await listen();
  const tenant = await createLocalTenant({ baseUrl, dataDirectory: null });
  server.on('request', tenant.app);
  const environmentDirectory = await mkdtemp(join(tmpdir(), 'app-registration-'));
  return {
    baseUrl,
    tenant,
    environmentDirectory,
    files: environmentFilesIn(environmentDirectory),
    async register(getToken) {
      const access = await accessLocalTenant(baseUrl);
      return register({ ...access, ...(getToken && { getToken }), urls, environmentDirectory });
    },
    async [Symbol.asyncDispose]() {
      await close(server);
      await rm(environmentDirectory, { recursive: true });
    },
  };
}

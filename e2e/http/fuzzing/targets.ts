import { startTestIssuer, type TestIssuer } from '@obo/access-token/testing';
import { createDownstreamApi, openDatabase, readConfiguration as readDownstream } from '@obo/downstream-api';
import { createMiddleTierApi, readConfiguration as readMiddleTier } from '@obo/middle-tier-api';
import { listen } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';

/** Fourteen thousand cases in all, the same in every run. A failure prints the seed and the smallest case. */
export const settings = { seed: 20_261_124, numRuns: 2_000 };

const api = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const client = '91c2d3e4-5f60-4718-92a3-b4c5d6e7f801';
export const unlimited = { RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_USER: '0' };
const logger = createTestLogger('fuzz');
/** An API without rate limits, in front of an issuer of its own. */
export interface Target {
  url: string;
  issuer: TestIssuer;
  close(): Promise<void>;
}

export async function startMiddleTier(validator: string): Promise<Target> {
  const issuer = await startTestIssuer({ audience: api, client, scope: 'access_as_user' });
  const { app, close } = createMiddleTierApi(
    readMiddleTier({
      ...issuer.environment,
      ...unlimited,
      ACCESS_TOKEN_VALIDATOR: validator,
      CLIENT_ID: api,
      CLIENT_SECRET: 'Abc8Q~value-of-a-secret-0123456789',
      ALLOWED_CLIENT_IDS: client,
      ALLOWED_ORIGINS: 'http://localhost:1',
      DOWNSTREAM_API_BASE_URL: 'http://localhost:1',
      DOWNSTREAM_API_APP_ID_URI: 'api://downstream',
    }),
    logger,
  );
  const server = await listen(app, { host: 'localhost', port: 0 });
  return {
    url: server.url,
    issuer,
    close: async () => void (await Promise.all([server.close(), issuer.close(), close()])),
  };
}

export async function startDownstream(): Promise<Target> {
  const issuer = await startTestIssuer({
    audience: api,
    client,
    scope: 'Leave.Read Leave.ReadWrite Leave.Approve',
  });
  const configuration = readDownstream({
    ...issuer.environment,
    ...unlimited,
    CLIENT_ID: api,
    ALLOWED_CLIENT_IDS: client,
  });
  const database = await openDatabase({ directory: null }, logger);
  const { app } = createDownstreamApi({ configuration, logger, database });
  const server = await listen(app, { host: 'localhost', port: 0 });
  return {
    url: server.url,
    issuer,
    close: async () => {
      await Promise.all([server.close(), issuer.close()]);
      await database.close();
    },
  };
}

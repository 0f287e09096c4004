import { createServer } from 'node:http';
import { startTestIssuer, type TestIssuer } from '@obo/access-token/testing';
import { type Listening, listen, startTelemetry } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createMiddleTierApi, readConfiguration } from '../src/index.ts';

const api = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const spa = '91c2d3e4-5f60-4718-92a3-b4c5d6e7f801';
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let issuer: TestIssuer;
let tokenEndpoint: Listening;
let proxyUrl: string;
/** Hosts that tunnels were requested to. */
const tunnels = new Set<string | undefined>();
const proxy = createServer().on('connect', ({ url }, socket) => {
  tunnels.add(url);
  socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
});

beforeAll(async () => {
  issuer = await startTestIssuer({ audience: api, client: spa, scope: 'access_as_user' });
  const { oid, sub } = issuer.claims();
  tokenEndpoint = await listen(
    (_request, response) =>
      void response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          token_type: 'Bearer',
          expires_in: 3600,
          access_token: 'an exchanged token',
          id_token: `${encode({ alg: 'RS256' })}.${encode({ oid, sub, tid: issuer.authority.tenantId })}.signature`,
        }),
      ),
    { host: 'localhost', port: 0 },
  );
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
beforeEach(() => tunnels.clear());
afterAll(async () => {
  proxy.close();
  await Promise.all([issuer.close(), tokenEndpoint.close()]);
});

/** Requests the overview from a middle tier with these variables, and waits until its traces were sent. */
async function requestOverview(environment: Record<string, string>, metadata: object = {}) {
  const authorityMetadata = {
    ...issuer.authority.metadata,
    token_endpoint: tokenEndpoint.url,
    ...metadata,
  };
  const configuration = readConfiguration({
    ...issuer.environment,
    AUTHORITY_METADATA: JSON.stringify(authorityMetadata),
    CLIENT_ID: api,
    CLIENT_SECRET: 'Abc8Q~value-of-a-secret-0123456789',
    ALLOWED_CLIENT_IDS: spa,
    ALLOWED_ORIGINS: 'http://localhost:3000',
    GRAPH_BASE_URL: 'http://localhost:1',
    DOWNSTREAM_API_BASE_URL: 'http://localhost:1',
    DOWNSTREAM_API_APP_ID_URI: 'api://downstream',
    ...environment,
  });
  const logger = createTestLogger('middle-tier-api');
  const telemetry = await startTelemetry('middle-tier-api', configuration.telemetry, logger);
  const times = { callDeadline: 500, circuitPause: 5_000 };
  const { app, close } = createMiddleTierApi(configuration, logger, times, telemetry);
  const server = await listen(app, { host: 'localhost', port: 0 });
  onTestFinished(async () => void (await Promise.all([server.close(), close()])));
  const authorization = `Bearer ${await issuer.sign(issuer.claims())}`;
  await fetch(`${server.url}/api/overview`, { headers: { authorization } });
  await telemetry.close();
}

describe('HTTPS_PROXY', () => {
  const calls: [title: string, tunnel: string, environment: Record<string, string>, metadata?: object][] = [
    ['for the keys', 'keys.example:443', {}, { jwks_uri: 'https://keys.example/keys' }],
    ['to the token endpoint', 'token.example:443', {}, { token_endpoint: 'https://token.example/t' }],
    ['to Microsoft Graph', 'graph.example:443', { GRAPH_BASE_URL: 'https://graph.example/v1.0' }],
    [
      'to the downstream API',
      'leave.example:8443',
      { DOWNSTREAM_API_BASE_URL: 'https://leave.example:8443' },
    ],
    [
      'to the collector',
      'collector.example:443',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example' },
    ],
  ];

  test.each(calls)('is what a call %s goes through', async (_title, tunnel, environment, metadata) => {
    await requestOverview({ ...environment, HTTPS_PROXY: proxyUrl }, metadata);
    expect([...tunnels]).toEqual([tunnel]);
  });

  test.each(calls)(
    'is not what a call %s goes through if NO_PROXY names the host',
    async (_title, _tunnel, environment, metadata) => {
      const exceptions = { HTTPS_PROXY: proxyUrl, NO_PROXY: 'other.test, .example' };
      await requestOverview({ ...environment, ...exceptions }, metadata);
      expect([...tunnels]).toEqual([]);
    },
  );

  test('is not used for calls over http', async () => {
    await requestOverview({ HTTPS_PROXY: proxyUrl });
    expect([...tunnels]).toEqual([]);
  });
});

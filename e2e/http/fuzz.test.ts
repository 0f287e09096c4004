import { startTestIssuer, type TestIssuer } from '@obo/access-token/testing';
import { createDownstreamApi, openDatabase, readConfiguration as readDownstream } from '@obo/downstream-api';
import { createMiddleTierApi, readConfiguration as readMiddleTier } from '@obo/middle-tier-api';
import { listen } from '@obo/service-defaults/server';
import { createTestLogger, sendRaw } from '@obo/service-defaults/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startChain } from '../chain/chain.ts';
import { authorizationHeaders, claimChanges } from './fuzzing/authorization-headers.ts';
import { expectDocumented } from './fuzzing/documented-answer.ts';
import { leaveBodies } from './fuzzing/leave-bodies.ts';

/** Ten thousand cases in total, the same in every run. A failure prints the seed and the smallest case. */
const settings = { seed: 20_261_124, numRuns: 2_000 };
const timeout = 120_000;

const api = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const client = '91c2d3e4-5f60-4718-92a3-b4c5d6e7f801';
const unlimited = { RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_USER: '0' };
const logger = createTestLogger('fuzz');
const year = new Date().getUTCFullYear() + 1;

interface Target {
  url: string;
  issuer: TestIssuer;
  close(): Promise<void>;
}

async function startMiddleTier(validator: string): Promise<Target> {
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

async function startDownstream(): Promise<Target> {
  const issuer = await startTestIssuer({ audience: api, client, scope: 'Leave.Read Leave.ReadWrite' });
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

const targets: [name: string, start: () => Promise<Target>][] = [
  ['the middle tier with passport-azure-ad', () => startMiddleTier('passport-azure-ad')],
  ['the middle tier with jose', () => startMiddleTier('jose')],
  ['the downstream API', startDownstream],
];

describe.each(targets)('with any Authorization header, %s', (_name, start) => {
  let target: Target;
  beforeAll(async () => {
    target = await start();
  });
  afterAll(() => target.close());

  const seen = new Set<number>();

  /** Requests a route that answers a valid token with 415, before it reads the body. */
  async function present(authorization: string): Promise<void> {
    const answers = await sendRaw(
      target.url,
      `POST /api/leave-requests HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${authorization}\r\n\r\n`,
    );
    for (const answer of answers) {
      expectDocumented(answer);
      seen.add(answer.status);
    }
    // The server closes the connection when data follows the end of the headers.
    if (!/\n\r?\n/.test(authorization)) expect(answers).toHaveLength(1);
  }

  test('gives a documented answer', { timeout }, async () => {
    const token = await target.issuer.sign(target.issuer.claims());
    await fc.assert(fc.asyncProperty(authorizationHeaders(token), present), { ...settings, numRuns: 1_400 });
    for (const status of [400, 401, 415]) expect(seen).toContain(status);
    expect((await fetch(`${target.url}/livez`)).status).toBe(200);
  });

  test('gives a documented answer to any claims that the issuer signs', { timeout }, async () => {
    const { issuer } = target;
    await fc.assert(
      fc.asyncProperty(claimChanges, async (changes) => {
        await present(`Bearer ${await issuer.sign(issuer.claims(changes))}`);
      }),
      { ...settings, numRuns: 600 },
    );
    for (const status of [401, 403, 415]) expect(seen).toContain(status);
    expect((await fetch(`${target.url}/livez`)).status).toBe(200);
  });
});

describe('with any body,', () => {
  async function post(url: string, token: string, body: string): Promise<number> {
    const response = await fetch(`${url}/api/leave-requests`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
      },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    const { status, headers } = response;
    expectDocumented({ status, headers, body: await response.text() });
    return status;
  }

  async function fuzz(url: string, tokenOf: (run: number) => Promise<string>): Promise<void> {
    const seen = new Map<number, number>();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(leaveBodies(year), async (body) => {
        run += 1;
        const status = await post(url, await tokenOf(run), body);
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }),
      settings,
    );
    // If a status is missing, the generated bodies do not exercise that rule.
    for (const status of [201, 400, 409, 422]) expect(seen.get(status), `${status}`).toBeGreaterThan(0);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }

  test('the downstream API creates the request or gives a documented answer', { timeout }, async () => {
    const { url, issuer, close } = await startDownstream();
    try {
      // Changes the user now and then, because one user's leave is soon used up.
      let token = '';
      await fuzz(url, async (run) => {
        if (run % 40 === 1) token = await issuer.sign(issuer.claims({ oid: crypto.randomUUID() }));
        return token;
      });
    } finally {
      await close();
    }
  });

  test('the middle tier creates the request through the chain or gives a documented answer', {
    timeout,
  }, async () => {
    const chain = await startChain({ environment: unlimited });
    try {
      const token = await chain.accessTokenOf('priya.raman@contoso.example');
      await fuzz(chain.middleTierUrl, async (run) => {
        if (run % 40 === 1)
          await chain.database.use((tables) => tables.deleteFrom('leave_request').execute());
        return token;
      });
    } finally {
      await chain.close();
    }
  });
});

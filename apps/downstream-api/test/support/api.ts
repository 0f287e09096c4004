import { randomUUID } from 'node:crypto';
import { startTestIssuer, type TestIssuer } from '@obo/access-token/testing';
import type { DatabaseLocation } from '@obo/service-defaults/configuration';
import { type Listening, listen } from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import {
  type Configuration,
  createDownstreamApi,
  type Database,
  openDatabase,
  readConfiguration,
} from '../../src/index.ts';

export const clientId = '3b0f6a52-5b0e-4f0a-9a51-0a8d0e6c7f21';
export const middleTierId = '9c2d1e84-7f3b-4c6a-8d15-b4a0c3e5f672';

/** A Monday: the date on the clock of every API that tests start. */
export const today = '2026-03-02';

/** Calls the API with one user's token. */
export interface Caller {
  get(path: string): Promise<Response>;
  post(body: unknown, idempotencyKey?: string): Promise<Response>;
  cancel(id: string): Promise<Response>;
  /** Decides on leave as its approver. */
  decide(
    id: string,
    decision: 'approval' | 'rejection',
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Response>;
}

export interface RunningApi {
  url: string;
  issuer: TestIssuer;
  database: Database;
  /** Returns a caller for a new user, or for the user with an object ID, with other claims in the token. */
  user(objectId?: string, claims?: Record<string, unknown>): Caller;
  /** Sets the clock of the leave rules. */
  setToday(date: string): void;
  close(): Promise<void>;
}

/** For tests of requests that are answered before the database is used, or of whether it would be used. */
export const unusedDatabase: Database = {
  use: () => Promise.reject(new Error('This test has no database')),
  server: { url: '' },
  ready: async () => true,
  close: async () => {},
};

/** Starts the API on a free port, with a database of its own or one that the caller opened. */
export async function startApi(
  location: DatabaseLocation | Database,
  options: { issuer?: TestIssuer; entitlementDays?: number; environment?: Record<string, string> } = {},
): Promise<RunningApi> {
  const issuer = options.issuer ?? (await startIssuer());
  let now = new Date(`${today}T23:30:00Z`);
  const logger = createTestLogger('downstream-api');
  const database = 'use' in location ? location : await openDatabase(location, logger);
  const configuration: Configuration = {
    ...readConfiguration({ ...environmentFor(issuer), ...options.environment }),
    entitlementDays: options.entitlementDays ?? 25,
  };
  const { app } = createDownstreamApi({ configuration, logger, database, now: () => now });
  const server: Listening = await listen(app, { host: 'localhost', port: 0 });
  return {
    url: server.url,
    issuer,
    database,
    user: (objectId = randomUUID(), claims = {}) => callerOf(server.url, issuer, objectId, claims),
    setToday(date) {
      now = new Date(`${date}T00:30:00Z`);
    },
    async close() {
      await server.close();
      if (database !== location) await database.close();
      if (!options.issuer) await issuer.close();
    },
  };
}

export const startIssuer = (): Promise<TestIssuer> =>
  startTestIssuer({
    audience: clientId,
    client: middleTierId,
    scope: 'Leave.Read Leave.ReadWrite Leave.Approve',
  });

/** Returns the environment of an API that accepts the issuer's tokens. */
export const environmentFor = (issuer: TestIssuer): Record<string, string> => ({
  ...issuer.environment,
  CLIENT_ID: clientId,
  ALLOWED_CLIENT_IDS: middleTierId,
});

/** Returns a caller of the API at a URL, for the user with an object ID and other claims. */
export function callerOf(
  url: string,
  issuer: TestIssuer,
  objectId: string,
  claims: Record<string, unknown> = {},
): Caller {
  const token = issuer.sign(issuer.claims({ oid: objectId, ...claims }));
  const call = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await token}` },
    });
  const post = (path: string, body: unknown, idempotencyKey: string): Promise<Response> =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
    });
  return {
    get: (path) => call(path),
    post: (body, idempotencyKey = randomUUID()) => post('/api/leave-requests', body, idempotencyKey),
    decide: (id, decision, body = {}, idempotencyKey = randomUUID()) =>
      post(`/api/team/leave-requests/${id}/${decision}`, body, idempotencyKey),
    cancel: (id) => call(`/api/leave-requests/${id}`, { method: 'DELETE' }),
  };
}

/** Returns the body of a request for leave that needs no approval. */
export const leaveOn = (startDate: string, endDate = startDate, more: object = {}) => ({
  startDate,
  endDate,
  approver: null,
  ...more,
});

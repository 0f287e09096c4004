import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requiredApps } from '../src/apps.ts';
import { credentialName } from '../src/credential/own-credentials.ts';
import { describeChanges } from '../src/settings/describe-changes.ts';
import { close, listen, type RunningTenant, runTenant } from '../testing/running-tenant.ts';

/** Returns Microsoft Graph's response instead of the tenant's, or undefined. */
type Trouble = (request: {
  method: string;
  path: string;
}) => { status: number; body: object; retryAfter?: string } | undefined;

let running: RunningTenant;
let restore: () => Promise<void>;
let trouble: Trouble;
let graph: Awaited<ReturnType<typeof listen>>;
const pauses: number[] = [];

beforeAll(async () => {
  running = await runTenant();
  restore = await running.save();
  graph = await listen((request, response) => {
    const answer = trouble({ method: request.method ?? '', path: request.url ?? '' });
    if (!answer) return void running.tenant.app(request, response);
    request.resume();
    response.writeHead(answer.status, {
      'Content-Type': 'application/json',
      ...(answer.retryAfter !== undefined && { 'Retry-After': answer.retryAfter }),
    });
    response.end(JSON.stringify({ error: answer.body }));
  });
});
beforeEach(async () => {
  trouble = () => undefined;
  pauses.length = 0;
  await restore();
});
afterAll(async () => {
  await close(graph.server);
  await running[Symbol.asyncDispose]();
});

const register = (more: object = {}) =>
  running.register({
    graphBaseUrl: `${graph.origin}/graph/v1.0`,
    consent: true,
    pause: async (milliseconds) => pauses.push(milliseconds),
    ...more,
  });

const notFound = { code: 'Request_ResourceNotFound', message: 'Resource does not exist.' };
const backing = {
  code: 'NoBackingApplicationObject',
  message: "The appId 'x' of the service principal does not reference a valid application object.",
};
const reference = {
  code: 'Request_BadRequest',
  message: "Property api.preAuthorizedApplications: the appId 'x' does not reference a valid application.",
};
const concurrent = {
  code: 'Directory_ConcurrencyViolation',
  message: 'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.',
};
const backingInTenant = {
  code: 'Authorization_RequestDenied',
  message:
    'When using this permission, the backing application of the service principal being created must in the local tenant',
};
const throttled = { code: 'TooManyRequests', message: 'Too many requests.' };

/** Fails the first requests of a kind, counted for each path. */
function firstOf(
  count: number,
  isConcerned: Trouble extends (request: infer R) => unknown ? (request: R) => boolean : never,
  answer: NonNullable<ReturnType<Trouble>>,
): Trouble {
  const seen = new Map<string, number>();
  return (request) => {
    if (!isConcerned(request)) return undefined;
    const key = `${request.method} ${request.path}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    return (seen.get(key) ?? 0) <= count ? answer : undefined;
  };
}

/** Statuses of the errors above, other than 400. */
const statuses = new Map<object, number>([
  [notFound, 404],
  [backingInTenant, 403],
  [concurrent, 409],
]);

describe('a temporary state of the directory', () => {
  test.each<[string, (request: { method: string; path: string }) => boolean, object]>([
    [
      'an application when it is changed',
      ({ method, path }) => method === 'PATCH' && /\/applications\/[0-9a-f-]{36}$/.test(path),
      notFound,
    ],
    [
      'an application when its service principal is created',
      ({ method, path }) => method === 'POST' && path.endsWith('/servicePrincipals'),
      backing,
    ],
    [
      'an application when another one refers to it',
      ({ method, path }) => method === 'PATCH' && /\/applications\/[0-9a-f-]{36}$/.test(path),
      reference,
    ],
    [
      'an application when its service principal is created, reported as a missing permission',
      ({ method, path }) => method === 'POST' && path.endsWith('/servicePrincipals'),
      backingInTenant,
    ],
    ['an application when it gets a secret', ({ path }) => path.endsWith('/addPassword'), notFound],
    ['another change when a secret is added', ({ path }) => path.endsWith('/addPassword'), concurrent],
    [
      'another change when an application is changed',
      ({ method, path }) => method === 'PATCH' && /\/applications\/[0-9a-f-]{36}$/.test(path),
      concurrent,
    ],
    [
      'another change when consent is granted',
      ({ method, path }) => method === 'POST' && path.endsWith('/oauth2PermissionGrants'),
      concurrent,
    ],
    [
      'a service principal when consent is granted',
      ({ method, path }) => method === 'POST' && path.endsWith('/oauth2PermissionGrants'),
      notFound,
    ],
  ])('is retried: %s', async (_what, isConcerned, body) => {
    trouble = firstOf(2, isConcerned, { status: statuses.get(body) ?? 400, body });
    const { changes, consent } = await register();
    expect(consent.state).toBe('granted');
    // Of each app an application and a service principal, six consents, and a secret.
    expect(changes).toHaveLength(2 * requiredApps.length + 7);
    expect(pauses.length).toBeGreaterThanOrEqual(2);
    trouble = () => undefined;
    expect((await register()).changes).toEqual([]);
  });

  test('is retried for at most a minute, and the next run continues', async () => {
    trouble = firstOf(1000, ({ path }) => path.endsWith('/addPassword'), { status: 404, body: notFound });
    await expect(register()).rejects.toThrow(/Request_ResourceNotFound/);
    const waited = pauses.reduce((sum, pause) => sum + pause, 0);
    expect(waited).toBeGreaterThan(30_000);
    expect(waited).toBeLessThanOrEqual(60_000);
    trouble = () => undefined;
    expect(describeChanges((await register()).changes)[0]).toBe(
      'obo-middle-tier-api: client secret added, for 90 days',
    );
  });
});

describe('a secret that Graph may have added', () => {
  const secrets = () =>
    running.tenant.directory.state.applications.find(({ uniqueName }) => uniqueName === 'obo-middle-tier-api')
      ?.passwordCredentials ?? [];

  test.each([502, 503, 504])(
    'is not added twice after HTTP %d, and the next run removes it',
    async (status) => {
      const added = randomUUID();
      trouble = ({ path }) => {
        if (!path.endsWith('/addPassword')) return undefined;
        secrets().push({
          keyId: added,
          displayName: credentialName(),
          hint: 'abc',
          startDateTime: '2026-01-01T00:00:00Z',
          endDateTime: '2099-01-01T00:00:00Z',
          secretDigest: '',
        });
        return { status, body: { code: 'UnknownError', message: 'No answer in time.' } };
      };
      await expect(register()).rejects.toThrow(
        /^Microsoft Graph, POST .*\nIt is not known whether Graph did this.*Run this again/s,
      );
      expect(secrets().map(({ keyId }) => keyId)).toEqual([added]);
      expect(pauses).toEqual([]);
      trouble = () => undefined;
      await register();
      expect(secrets()).toHaveLength(1);
      expect(secrets()[0]?.keyId).not.toBe(added);
    },
  );
});

describe('a policy of the organization', () => {
  test.each([
    {
      code: 'CredentialTypeNotAllowedAsPerAppPolicy',
      message: 'Credential type not allowed as per assigned policy',
    },
    { code: 'CredentialInvalidLifetimeAsPerAppPolicy', message: 'Credential lifetime exceeds the max value' },
  ])('that rejects the secret ($code) is reported once, with the other kinds of credential', async (body) => {
    let requests = 0;
    trouble = ({ path }) => {
      if (!path.endsWith('/addPassword')) return undefined;
      requests += 1;
      return { status: 400, body };
    };
    await expect(register()).rejects.toThrow(/`--credential certificate`.*`--credential federated`/s);
    expect(requests).toBe(1);
    expect(pauses).toEqual([]);
  });
});

describe('throttling', () => {
  test('of every request is waited out for as long as Retry-After says', async () => {
    trouble = firstOf(1, () => true, { status: 429, body: throttled, retryAfter: '3' });
    await register();
    expect(new Set(pauses)).toEqual(new Set([3_000]));
  });

  test('for longer than a minute is reported, with what to do', async () => {
    trouble = () => ({ status: 429, body: throttled, retryAfter: '120' });
    await expect(register()).rejects.toThrow(
      /TooManyRequests.*\nIt throttles requests for longer than a minute\. Wait/s,
    );
    expect(pauses).toEqual([]);
  });
});

describe('a missing role', () => {
  test('is reported, with the roles that suffice', async () => {
    trouble = ({ method }) =>
      method === 'GET'
        ? undefined
        : { status: 403, body: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } };
    await expect(register()).rejects.toThrow(
      /Insufficient privileges.*\n.*Application Developer, Cloud Application Administrator or Global Administrator/s,
    );
    expect(pauses).toEqual([]);
  });
});

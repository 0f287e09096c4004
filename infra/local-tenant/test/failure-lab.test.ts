import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { failures } from '../src/control-room/failures.ts';
import { openTenant, requestToken, spaOrigin, startTenant, type TestTenant } from './entra/tenant.ts';
import { onBehalfOf, signInToSpa } from './entra/users.ts';

const asked: object[] = [];
const services = {
  list: () => [{ name: 'downstream-api', isRunning: true }],
  subscribe: () => {},
  setRunning: (name: string, isRunning: boolean) => void asked.push({ name, isRunning }),
};

let tenant: TestTenant;
let close: () => void;
beforeEach(async () => {
  ({ tenant, close } = await openTenant({ services }));
  asked.length = 0;
});
afterEach(() => close());

const send = (method: string, body?: object, { baseUrl } = tenant) =>
  fetch(`${baseUrl}/local-tenant/failure-lab`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const cure = () => send('DELETE', {});

const labSchema = z.object({
  spaUrl: z.string().nullable(),
  current: z.object({ id: z.string(), setUpAt: z.iso.datetime() }).nullable(),
  failures: z.array(z.object({ id: z.string(), unavailable: z.string().nullable() })),
});
const readLab = async (of = tenant) => labSchema.parse(await (await send('GET', undefined, of)).json());

const graphScope = 'https://graph.microsoft.com/User.Read';
const exchange = async (assertion: string, scope?: string) =>
  (await requestToken(tenant, onBehalfOf(tenant, assertion, scope === undefined ? {} : { scope }))).body;

test('lists every failure, and where the SPA is', async () => {
  const lab = await readLab();
  expect(lab).toMatchObject({ spaUrl: spaOrigin, current: null });
  expect(lab.failures).toEqual(failures.map(({ id }) => expect.objectContaining({ id, unavailable: null })));
});

test.each([
  { id: 'consent-missing', number: 65001, scope: graphScope },
  { id: 'signature-invalid', number: 50013, scope: graphScope },
  { id: 'step-up', number: 50076, scope: graphScope },
  { id: 'blocked', number: 53003, scope: graphScope },
  { id: 'not-assigned', number: 50105 },
  { id: 'resource-unknown', number: 500011 },
  { id: 'session-revoked', number: 50133 },
  { id: 'token-expired', number: 500133 },
])('$id leads to AADSTS$number in the exchange, and its cure ends that', async ({ id, number, scope }) => {
  const { access_token } = await signInToSpa(tenant);
  expect(await exchange(access_token, scope)).toHaveProperty('access_token');
  expect((await send('PUT', { id })).status).toBe(200);
  expect(await exchange(access_token, scope)).toMatchObject({ error_codes: [number] });
  expect((await readLab()).current).toMatchObject({ id });
  expect((await cure()).status).toBe(204);
  expect(await exchange(access_token, scope)).toHaveProperty('access_token');
  expect((await readLab()).current).toBeNull();
  expect(failures.find((failure) => failure.id === id)?.numbers).toContain(number);
});

test('a rolled key is published beside the old one, and the cure withdraws the old one', async () => {
  const [before] = tenant.signingKeys.published();
  await send('PUT', { id: 'key-rolled' });
  expect(tenant.signingKeys.published()).toEqual([before, expect.anything()]);
  await cure();
  expect(tenant.signingKeys.published()).toEqual([expect.not.objectContaining({ kid: before?.kid })]);
});

test('Graph throttles until it is cured', async () => {
  const me = () => fetch(`${tenant.graphBaseUrl}/me`);
  await send('PUT', { id: 'graph-throttled' });
  expect((await me()).status).toBe(429);
  await cure();
  expect((await me()).status).toBe(401);
});

test('the downstream API is stopped and started by whoever started the tenant', async () => {
  await send('PUT', { id: 'downstream-api-down' });
  await cure();
  expect(asked).toEqual([
    { name: 'downstream-api', isRunning: false },
    { name: 'downstream-api', isRunning: true },
  ]);
});

test('without start, the failure that needs it says so, and cannot be set up', async () => {
  const alone = await startTenant();
  const lab = await readLab(alone);
  expect(lab.failures.filter(({ unavailable }) => unavailable !== null)).toEqual([
    { id: 'downstream-api-down', unavailable: expect.stringContaining('start') },
  ]);
  const response = await send('PUT', { id: 'downstream-api-down' }, alone);
  expect(response.status).toBe(409);
  expect((await readLab(alone)).current).toBeNull();
});

test('without a chain of apps, nothing can be set up, and the lab says what is missing', async () => {
  tenant.directory.state.applications.length = 0;
  const lab = await readLab();
  expect(lab.spaUrl).toBeNull();
  for (const { unavailable } of lab.failures) expect(unavailable).toContain('Run start');
  expect((await send('PUT', { id: 'blocked' })).status).toBe(409);
});

test('a second failure cures the first', async () => {
  await send('PUT', { id: 'blocked' });
  await send('PUT', { id: 'step-up' });
  const { conditionalAccessPolicies } = tenant.directory.state;
  expect(conditionalAccessPolicies.map(({ displayName }) => displayName)).toEqual([
    'mfa for Microsoft Graph',
  ]);
  expect((await readLab()).current).toMatchObject({ id: 'step-up' });
});

test('a failure that something else cured can still be cured', async () => {
  await send('PUT', { id: 'resource-unknown' });
  tenant.directory.state.applications.splice(0, 1);
  expect((await cure()).status).toBe(204);
  expect((await readLab()).current).toBeNull();
  expect((await cure()).status).toBe(204);
});

test('an unknown failure is 404', async () => {
  expect((await send('PUT', { id: 'weather' })).status).toBe(404);
  expect((await send('PUT', {})).status).toBe(404);
});

test.each([
  { id: 'blocked', remains: true },
  { id: 'token-expired', remains: false },
])('after a restart, $id is set up only if its switches survive it', async ({ id, remains }) => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'tenant-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true }));
  const before = await startTenant({ dataDirectory });
  await send('PUT', { id }, before);
  const { current } = await readLab(await startTenant({ dataDirectory }));
  if (remains) expect(current).toMatchObject({ id });
  else expect(current).toBeNull();
});

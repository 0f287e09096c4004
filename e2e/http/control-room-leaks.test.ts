import { readFileSync } from 'node:fs';
import { observedEnvironment } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { findLeaks } from '../leaks/find-leaks.ts';
import { type Observation, observationSchema, observationsFile } from '../leaks/observation.ts';

function observed(): Buffer {
  const { OBSERVATIONS_DIRECTORY: directory = '' } = observedEnvironment();
  return readFileSync(observationsFile(directory));
}

let chain: Chain;
/** Bytes that other tests of this process left. */
let before = 0;
beforeAll(async () => {
  before = observed().length;
  chain = await startChain();
});
afterAll(() => chain.close());

/** Returns what was observed of this process since the chain started, line by line. */
const observedLines = (): string[] => observed().subarray(before).toString().split('\n');

/** Returns all tokens, codes and secrets that were in use. */
const secretsInUse = (): Observation[] =>
  observedLines()
    .filter((line) => line.startsWith('{"kind":"secret"'))
    .map((line) => observationSchema.parse(JSON.parse(line)));

test('the control room’s messages, events and saved file contain nothing secret of a whole overview', async () => {
  const room = `${new URL(chain.tenant.graphBaseUrl).origin}/local-tenant`;
  const closed = new AbortController();
  const stream = await fetch(`${room}/events`, { signal: closed.signal });
  let events = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream.body ?? []) events += decoder.decode(chunk, { stream: true });
  })().catch(() => {});

  const token = await chain.accessTokenOf('priya.raman@contoso.example');
  const overview = await fetch(`${chain.middleTierUrl}/api/overview`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const correlationId = overview.headers.get('x-correlation-id');
  expect(await overview.text()).toContain('Priya Raman');

  const read = async (path: string) => (await fetch(`${room}${path}`)).text();
  const exchanges = /"requested_token_use":"on_behalf_of"/g;
  await expect.poll(async () => (await read('/messages')).match(exchanges)).toHaveLength(2);
  await expect.poll(() => events.match(exchanges)).toHaveLength(2);
  const conversation = await read(`/messages?correlationId=${correlationId}`);
  expect(conversation.match(exchanges)).toHaveLength(2);
  expect(conversation).toContain('"path":"/graph/v1.0/me"');

  const secrets = secretsInUse();
  expect(secrets.some((one) => one.kind === 'secret' && one.text === token)).toBe(true);
  for (const text of [events, await read('/messages'), await read('/messages/file')])
    expect(findLeaks([...secrets, { kind: 'answer', text }])).toEqual([]);
  closed.abort();
  await reading;
});

test('what the control room answers is observed in every test run', async () => {
  const marker = crypto.randomUUID();
  const tenant = new URL(chain.tenant.graphBaseUrl).origin;
  await fetch(`${tenant}/common/discovery/v2.0/keys`, { headers: { 'client-request-id': marker } });
  await expect.poll(async () => (await fetch(`${tenant}/local-tenant/messages`)).text()).toContain(marker);
  expect(observedLines().some((line) => line.startsWith('{"kind":"answer"') && line.includes(marker))).toBe(
    true,
  );
});

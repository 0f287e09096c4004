import { validators } from '@obo/access-token/testing';
import { sendRaw } from '@obo/service-defaults/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizationHeaders, claimChanges } from './fuzzing/authorization-headers.ts';
import { expectDocumented } from './fuzzing/documented-answer.ts';
import { settings, startDownstream, startMiddleTier, type Target } from './fuzzing/targets.ts';

const timeout = 120_000;

const targets: [name: string, start: () => Promise<Target>][] = [
  ...validators.map((validator): [string, () => Promise<Target>] => [
    `the middle tier with ${validator}`,
    () => startMiddleTier(validator),
  ]),
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

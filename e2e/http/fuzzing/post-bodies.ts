import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { expectDocumented } from './documented-answer.ts';
import { settings } from './targets.ts';

/** Where a body is sent, and whose token is sent with it. */
export interface Target {
  path: string;
  token: string;
}

/** Posts a body, and expects a documented answer. */
async function post(url: string, { path, token }: Target, body: string) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  const { status, headers } = response;
  const answer = { status, headers, body: await response.text() };
  expectDocumented(answer);
  return answer;
}

/**
 * Posts generated bodies, each to where `targetOf` says, and expects documented answers.
 *
 * @param statuses If one of them is missing, the generated bodies do not exercise that rule.
 */
export async function fuzz(
  url: string,
  bodies: fc.Arbitrary<string>,
  statuses: readonly number[],
  targetOf: (run: number, previous: number) => Promise<Target>,
): Promise<void> {
  const seen = new Map<number, number>();
  let run = 0;
  let status = 0;
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      run += 1;
      ({ status } = await post(url, await targetOf(run, status), body));
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }),
    settings,
  );
  for (const expected of statuses) expect(seen.get(expected), `${expected}`).toBeGreaterThan(0);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
}

/** Requests leave for one day, and returns its ID. */
export async function requestLeave(url: string, token: string, more: object = {}): Promise<string> {
  const day = `${new Date().getUTCFullYear() + 1}-03-01`;
  const body = JSON.stringify({ startDate: day, endDate: day, ...more });
  const answer = await post(url, { path: '/api/leave-requests', token }, body);
  expect(answer.status, answer.body).toBe(201);
  return JSON.parse(answer.body).id;
}

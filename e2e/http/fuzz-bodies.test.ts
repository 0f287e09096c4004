import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startChain } from '../chain/chain.ts';
import { expectDocumented } from './fuzzing/documented-answer.ts';
import { decisionBodies, leaveBodies } from './fuzzing/leave-bodies.ts';
import { settings, startDownstream, unlimited } from './fuzzing/targets.ts';

const timeout = 240_000;
const year = new Date().getUTCFullYear() + 1;
const priya = 'priya.raman@contoso.example';
const amara = 'amara.okafor@contoso.example';

/** Where a body is sent, and whose token is sent with it. */
interface Target {
  path: string;
  token: string;
}

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

/** @param statuses If one of them is missing, the generated bodies do not exercise that rule. */
async function fuzz(
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
async function requestLeave(url: string, token: string, more: object = {}): Promise<string> {
  const day = `${year}-03-01`;
  const body = JSON.stringify({ startDate: day, endDate: day, ...more });
  const answer = await post(url, { path: '/api/leave-requests', token }, body);
  expect(answer.status, answer.body).toBe(201);
  return JSON.parse(answer.body).id;
}

const decisionOn = (id: string, run: number): string =>
  `/api/team/leave-requests/${id}/${run % 2 === 0 ? 'approval' : 'rejection'}`;

describe('with any body,', { timeout }, () => {
  test('the downstream API creates the request or gives a documented answer', async () => {
    const { url, issuer, close } = await startDownstream();
    try {
      const path = '/api/leave-requests';
      // Changes the user now and then, because one user's leave is soon used up.
      let token = '';
      await fuzz(url, leaveBodies(year), [201, 400, 409, 422], async (run) => {
        if (run % 40 === 1) token = await issuer.sign(issuer.claims({ oid: randomUUID() }));
        return { path, token };
      });
    } finally {
      await close();
    }
  });

  test('the downstream API decides or gives a documented answer', async () => {
    const { url, issuer, close } = await startDownstream();
    try {
      const objectId = randomUUID();
      const token = await issuer.sign(issuer.claims({ oid: objectId }));
      const approver = { name: 'Grace', mail: null, objectId };
      let id = '';
      await fuzz(url, decisionBodies, [200, 400, 409], async (run, previous) => {
        // After each decision, one more body is sent about the same request.
        if (id === '' || previous === 409)
          id = await requestLeave(url, await issuer.sign(issuer.claims({ oid: randomUUID() })), { approver });
        return { path: decisionOn(id, run), token };
      });
    } finally {
      await close();
    }
  });

  test('the middle tier creates the request through the chain or gives a documented answer', async () => {
    const chain = await startChain({ environment: unlimited });
    try {
      const path = '/api/leave-requests';
      const token = await chain.accessTokenOf(priya);
      await fuzz(chain.middleTierUrl, leaveBodies(year), [201, 400, 409, 422], async (run) => {
        if (run % 40 === 1)
          await chain.database.use((tables) => tables.deleteFrom('leave_request').execute());
        return { path, token };
      });
    } finally {
      await chain.close();
    }
  });

  test('the middle tier decides through the chain or gives a documented answer', async () => {
    const chain = await startChain({ environment: unlimited });
    try {
      const [requester, token] = [await chain.accessTokenOf(priya), await chain.accessTokenOf(amara)];
      let id = '';
      await fuzz(chain.middleTierUrl, decisionBodies, [200, 400, 409], async (run, previous) => {
        if (id === '' || previous === 409) {
          await chain.database.use((tables) => tables.deleteFrom('leave_request').execute());
          id = await requestLeave(chain.middleTierUrl, requester);
        }
        return { path: decisionOn(id, run), token };
      });
    } finally {
      await chain.close();
    }
  });
});

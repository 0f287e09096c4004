import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startChain } from '../chain/chain.ts';
import { expectDocumented } from './fuzzing/documented-answer.ts';
import { leaveBodies } from './fuzzing/leave-bodies.ts';
import { settings, startDownstream, unlimited } from './fuzzing/targets.ts';

const timeout = 120_000;
const year = new Date().getUTCFullYear() + 1;

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

import { randomUUID } from 'node:crypto';
import { describe, test } from 'vitest';
import { startChain } from '../chain/chain.ts';
import { leaveBodies } from './fuzzing/leave-bodies.ts';
import { fuzz } from './fuzzing/post-bodies.ts';
import { startDownstream, unlimited } from './fuzzing/targets.ts';

const timeout = 240_000;
const year = new Date().getUTCFullYear() + 1;
const priya = 'priya.raman@contoso.example';

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
});

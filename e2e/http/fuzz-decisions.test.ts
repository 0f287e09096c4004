import { randomUUID } from 'node:crypto';
import { describe, test } from 'vitest';
import { startChain } from '../chain/chain.ts';
import { decisionBodies } from './fuzzing/leave-bodies.ts';
import { fuzz, requestLeave } from './fuzzing/post-bodies.ts';
import { startDownstream, unlimited } from './fuzzing/targets.ts';

const timeout = 240_000;
const priya = 'priya.raman@contoso.example';
const amara = 'amara.okafor@contoso.example';

const decisionOn = (id: string, run: number): string =>
  `/api/team/leave-requests/${id}/${run % 2 === 0 ? 'approval' : 'rejection'}`;

describe('with any body of a decision,', { timeout }, () => {
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
          id = await requestLeave(url, await issuer.sign(issuer.claims({ oid: randomUUID() })), {
            approver,
          });
        return { path: decisionOn(id, run), token };
      });
    } finally {
      await close();
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

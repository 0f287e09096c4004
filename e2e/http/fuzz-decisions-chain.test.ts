import { test } from 'vitest';
import { startChain } from '../chain/chain.ts';
import { decisionBodies, decisionOn } from './fuzzing/leave-bodies.ts';
import { fuzz, requestLeave } from './fuzzing/post-bodies.ts';
import { unlimited } from './fuzzing/targets.ts';

const priya = 'priya.raman@contoso.example';
const amara = 'amara.okafor@contoso.example';

test('with any body of a decision, the middle tier decides through the chain or gives a documented answer', {
  timeout: 240_000,
}, async () => {
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

import { randomUUID } from 'node:crypto';
import { test } from 'vitest';
import { decisionBodies, decisionOn } from './fuzzing/leave-bodies.ts';
import { fuzz, requestLeave } from './fuzzing/post-bodies.ts';
import { startDownstream } from './fuzzing/targets.ts';

test('with any body of a decision, the downstream API decides or gives a documented answer', {
  timeout: 240_000,
}, async () => {
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

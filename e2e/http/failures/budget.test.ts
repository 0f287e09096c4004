import { afterAll, beforeAll, expect, test } from 'vitest';
import * as faults from '../../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { call } from './calls.ts';

let chain: FaultyChain;

beforeAll(async () => {
  chain = await startFaultyChain({ callDeadline: 60_000, circuitPause: 60_000 });
});
afterAll(() => chain.close());

test('a request ends when its time budget is used up, however long single calls may take', async () => {
  const token = await chain.accessTokenOf('priya.raman@contoso.example');
  chain.proxies.identity_provider.fail(faults.hang, ({ body }) => body.includes('graph.microsoft.com'));
  chain.proxies.downstream.fail(faults.slowDrip);
  expect(await call(chain, token)).toMatchObject({
    status: 502,
    body: {
      sections: {
        profile: { problem: { dependency: 'identity_provider', reason: 'timed_out' } },
        leave: { problem: { dependency: 'downstream', reason: 'timed_out' } },
      },
    },
  });
});

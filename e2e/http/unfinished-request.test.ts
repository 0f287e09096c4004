import { openRawConnection } from '@obo/service-defaults/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startFaultyChain } from '../chain/faulty-chain.ts';
import { startMiddleTierProcess } from '../chain/middle-tier-process.ts';

test('a middle tier that is stopped cuts off a client that never completes its request, and exits 0', async () => {
  const chain = await startFaultyChain();
  onTestFinished(() => chain.close());
  const api = await startMiddleTierProcess({ ...chain.environments.middleTierApi, PORT: '0' });
  onTestFinished(async () => {
    api.signal('SIGKILL');
    await api.ended;
  });
  const connection = openRawConnection(api.url, 20_000);
  connection.send('GET /livez HTTP/1.1\r\nHost: localhost\r\n');
  expect((await fetch(`${api.url}/livez`)).status).toBe(200);
  api.signal('SIGTERM');
  expect(await connection.closed).toEqual([]);
  expect(await api.ended).toEqual({ code: 0, signal: null });
  await api.logged('shutdown deadline reached, closing open requests');
});

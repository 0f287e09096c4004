import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startChain } from '../../chain/chain.ts';
import { createMachine } from './machine.ts';

test('a client that is not on the allow-list is rejected, and the user is asked for nothing', async () => {
  const chain = await startChain({ redirect: async () => ({ ALLOWED_CLIENT_IDS: randomUUID() }) });
  const machine = await createMachine(chain);
  await machine.run(['login']);
  const { exitCode, stdout, stderr, opened } = await machine.run(['overview']);
  expect({ exitCode, stdout, opened }).toEqual({ exitCode: 4, stdout: '', opened: [] });
  expect(stderr).toContain('error: The calling application is not allowed\n');
  expect(stderr).toContain('client_not_allowed');
  expect(stderr).toContain(`ALLOWED_CLIENT_IDS`);
  await machine.remove();
  await chain.close();
});

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { startMiddleTierProcess } from '../chain/middle-tier-process.ts';
import { findFreePort } from '../chain/serve-spa.ts';

let chain: Chain;
let token: string;

beforeAll(async () => {
  chain = await startChain();
  token = await chain.accessTokenOf('priya.raman@contoso.example');
});
afterAll(() => chain.close());

async function start(
  options: Parameters<typeof startMiddleTierProcess>[1] = {},
  environment: Record<string, string> = {},
) {
  const api = await startMiddleTierProcess(
    { ...chain.environments.middleTierApi, PORT: '0', ...environment },
    options,
  );
  onTestFinished(async () => {
    api.signal('SIGKILL');
    await api.ended;
  });
  return api;
}

const overview = async (url: string) => {
  const response = await fetch(`${url}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
};
const whole = { status: 200, body: { profile: { state: 'ok' }, leave: { state: 'ok' } } };
describe('a middle-tier process', () => {
  const secret = () => chain.environments.middleTierApi.CLIENT_SECRET ?? '';

  test.each([
    ['an uncaught error', 'throw error'],
    ['an unhandled rejection', 'Promise.reject(error)'],
    ['a thrown value that is not an Error', "throw 'as text: ' + secret"],
  ])('%s logs it without its message, and exits 1', async (_title, meet) => {
    const preload = `process.on('SIGUSR2', () => setImmediate(() => {
      const secret = process.env.CLIENT_SECRET;
      const error = Object.assign(new TypeError('cannot read ' + secret), { code: 'E_TEST', config: { secret } });
      ${meet};
    }));`;
    const api = await start({ preload });
    api.signal('SIGUSR2');
    expect(await api.ended).toEqual({ code: 1, signal: null });
    expect(await api.logged('uncaught exception')).toContain('"level":"fatal"');
    expect(secret().length).toBeGreaterThan(16);
    expect(api.logs.join('\n') + api.errors()).not.toContain(secret());
  });

  test('keeps running when the reader of its log is gone', async () => {
    const api = await start();
    api.closeLogPipe();
    for (let round = 0; round < 3; round += 1) expect(await overview(api.url)).toMatchObject(whole);
    api.signal('SIGTERM');
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });

  test.skipIf(!existsSync('/dev/full'))('keeps running when it logs to a full disk', async () => {
    const api = await start({ logFile: '/dev/full' }, { PORT: String(await findFreePort()) });
    for (let round = 0; round < 3; round += 1) expect(await overview(api.url)).toMatchObject(whole);
    api.signal('SIGTERM');
    expect(await api.ended).toEqual({ code: 0, signal: null });
  });
});

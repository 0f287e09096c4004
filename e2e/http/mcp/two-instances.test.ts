import { randomBytes, randomUUID } from 'node:crypto';
import { browseOverHttp, password } from '@obo/local-tenant';
import { namesOf, onRedis, redisAnswers, redisUrl } from '@obo/on-behalf-of/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startChain } from '../../chain/chain.ts';
import { setLeavePolicy } from '../../chain/conditional-access.ts';
import { startMiddleTierProcess } from '../../chain/middle-tier-process.ts';
import { connectAgent, linkIn, priya } from './agent.ts';

test.skipIf(!redisAnswers)(
  'a link that a user opened helps on every instance',
  { timeout: 60_000 },
  async () => {
    const id = randomUUID().slice(0, 8);
    const TOKEN_CACHE_KEYS = `${id}:${randomBytes(32).toString('base64')}`;
    const chain = await startChain({ mcp: true, environment: { REDIS_URL: redisUrl, TOKEN_CACHE_KEYS } });
    const another = await startMiddleTierProcess({ ...chain.environments.middleTierApi, PORT: '0' });
    const agent = await connectAgent(chain, priya);
    onTestFinished(async () => {
      another.signal('SIGKILL');
      await Promise.all([another.ended, agent.close()]);
      await chain.close();
      const names = await onRedis((client) => namesOf(id, client, '*'));
      if (names.length > 0) await onRedis((client) => client.del(names));
    });
    setLeavePolicy(chain);

    const callAnother = async () => {
      const response = await fetch(`${another.url}/mcp`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${agent.accessToken()}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'get_leave_balance', arguments: {} },
        }),
      });
      return response.text();
    };
    const link = linkIn(await callAnother());
    // The link leads to the first instance, which is the one at MCP_URL.
    const { status, page } = await browseOverHttp(link, { username: priya, password, consent: 'accept' });
    expect({ status, page }).toEqual({ status: 200, page: expect.stringContaining('<h1>Done</h1>') });
    expect(await callAnother()).toContain('"remainingDays":25');
  },
);

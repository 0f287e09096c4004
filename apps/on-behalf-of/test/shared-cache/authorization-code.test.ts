import { makeAccessToken } from '@obo/access-token/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOnBehalfOf } from '../../src/on-behalf-of.ts';
import { makeKeyRing, redisAnswers, redisUrl } from '../../testing/redis.ts';
import { optionsFor } from '../instance.ts';
import { startResourceServer } from '../resource-server.ts';
import { redirectOf, startTokenEndpoint } from '../token-endpoint.ts';

const scopes = ['api://orders/Orders.Read'];

test.skipIf(!redisAnswers)('the token for a code reaches every instance that shares its tokens', async () => {
  const endpoint = await startTokenEndpoint();
  const server = await startResourceServer();
  const sharedCache = { url: redisUrl, keys: makeKeyRing(), deadline: 10_000 };
  const instances = [1, 2].map(() => createOnBehalfOf({ ...optionsFor(endpoint), sharedCache }));
  onTestFinished(async () => {
    await Promise.all([...instances, endpoint, server].map((started) => started.close()));
  });
  const callers = instances.map((instance) => {
    const orders = instance.resource('orders', server.url);
    return (token: ReturnType<typeof makeAccessToken>) =>
      orders.call(token, scopes, { span: 'orders_list', url: '/orders' });
  });
  for (const [index, instance] of instances.entries())
    await vi.waitFor(
      async () => {
        await callers[index]?.(makeAccessToken());
        expect(instance.dependencies.shared_cache?.()).toBe('answering');
      },
      { timeout: 10_000 },
    );
  endpoint.forget();
  server.forget();

  const token = makeAccessToken();
  await instances[0]?.redeemCode(redirectOf(token.claims), token, scopes);
  for (const call of callers) await call(token);
  expect(endpoint.requests.map(({ parameters }) => parameters.grant_type)).toEqual(['authorization_code']);
  expect(server.received).toHaveLength(2);
  expect(new Set(server.received).size).toBe(1);
});

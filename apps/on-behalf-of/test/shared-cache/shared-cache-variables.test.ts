import { execFileSync } from 'node:child_process';
import { ConfigurationError, parseConfiguration } from '@obo/service-defaults/configuration';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { onBehalfOfOptionsOf, onBehalfOfVariables, withOnBehalfOfRules } from '../../src/configuration.ts';

const schema = withOnBehalfOfRules(z.object(onBehalfOfVariables));
const CLIENT_SECRET = 'Abc8Q~value-of-a-secret-0123456789';
const REDIS_URL = 'rediss://:a-password@cache.example:6380';
const TOKEN_CACHE_KEYS = `2026-11:${Buffer.alloc(32, 1).toString('base64')}`;

const sharedCacheOf = (env: Record<string, string>) =>
  onBehalfOfOptionsOf(parseConfiguration(schema, { CLIENT_SECRET, ...env })).sharedCache;

function messageOf(env: Record<string, string>): string {
  try {
    sharedCacheOf(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('the shared cache is used if both Redis and keys are configured, and not otherwise', () => {
  expect(sharedCacheOf({})).toBeUndefined();
  expect(sharedCacheOf({ TOKEN_CACHE_KEYS })).toBeUndefined();
  expect(sharedCacheOf({ REDIS_URL, TOKEN_CACHE_KEYS })).toMatchObject({
    url: REDIS_URL,
    keys: [{ id: '2026-11' }],
  });
});

test('Redis without keys is rejected with every other problem, and no value is repeated', () => {
  const message = messageOf({ REDIS_URL, TOKEN_CACHE_MEGABYTES: 'x' });
  expect(message).toContain('TOKEN_CACHE_KEYS: must be set if REDIS_URL is');
  expect(message).toContain('TOKEN_CACHE_MEGABYTES: must be a number of megabytes');
  expect(message).not.toContain('a-password');
});

test.each([
  ['REDIS_URL', 'a-password:6379', 'must be a redis or rediss URL'],
  ['TOKEN_CACHE_KEYS', 'a-password', 'must be keys of the form'],
])('%s=%s is rejected with the reason, and the value is not repeated', (name, value, reason) => {
  const message = messageOf({ REDIS_URL, TOKEN_CACHE_KEYS, [name]: value });
  expect(message).toContain(`${name}: ${reason}`);
  expect(message).not.toContain('a-password');
});

test('the command in the message creates a key that is accepted', () => {
  const [, code = ''] = /node -p "([^"]+)"/.exec(messageOf({ REDIS_URL })) ?? [];
  const key = execFileSync(process.execPath, ['-p', code], { encoding: 'utf8' }).trim();
  expect(sharedCacheOf({ REDIS_URL, TOKEN_CACHE_KEYS: key })).toBeDefined();
});

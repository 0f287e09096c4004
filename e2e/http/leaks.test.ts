import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestLogger, observedEnvironment } from '@obo/service-defaults/testing';
import { describe, expect, test } from 'vitest';
import { findLeaks } from '../leaks/find-leaks.ts';
import type { Observation } from '../leaks/observation.ts';

const random = (bytes: number): string => randomBytes(bytes).toString('base64url');
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = random(256);
const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ oid: randomUUID() })}.${signature}`;
const clientSecret = `Abc8Q~${random(24)}/+`;
const password = 'correct horse';

const secrets: Observation[] = [
  { kind: 'secret', name: 'access_token', text: token },
  { kind: 'secret', name: 'client_secret', text: clientSecret },
  { kind: 'secret', name: 'password', text: password },
];
const found = (text: string, kind: 'log' | 'answer' = 'log') => findLeaks([...secrets, { kind, text }]);

describe('reports a leak of', () => {
  test.each([
    ['a token', token, 'JWT'],
    ['a token whose end is cut off', token.slice(0, -100), 'JWT'],
    ['a token that was not observed before', `${part({ alg: 'none' })}.${part({ sub: 'x' })}.`, 'JWT'],
    ['the signature of a token', signature, 'access_token'],
    ['31 characters of a signature', signature.slice(5, 36), 'access_token'],
    ['a client secret', clientSecret, 'client_secret'],
    ['a client secret in a URL', encodeURIComponent(clientSecret), 'client_secret'],
    ['a client secret in Basic', Buffer.from(`client:${clientSecret}`).toString('base64'), 'client_secret'],
    ['a password', password, 'password'],
  ])('%s', (_title, text, secret) => {
    expect(found(JSON.stringify({ msg: 'failed', config: { text } }))).toMatchObject([
      { secret, where: 'log', after: '{"msg":"failed","config":{"text":"' },
    ]);
    expect(found(`503 {} ${text}`, 'answer')).toMatchObject([{ secret, where: 'answer' }]);
  });
});

test('a reported leak contains nothing of the secret', () => {
  const reported = JSON.stringify(found(`token ${token} secret ${clientSecret}`));
  expect(reported).not.toContain(signature.slice(0, 16));
  expect(reported).not.toContain(clientSecret);
});

test('identifiers, claims and addresses are not reported', () => {
  const line = {
    correlationId: randomUUID(),
    traceId: randomBytes(16).toString('hex'),
    oid: randomUUID(),
    path: `/api/leave-requests/${randomUUID()}`,
    claims: Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}').toString('base64'),
  };
  expect(found(JSON.stringify(line))).toEqual([]);
});

test('this test run is observed', () => {
  const marker = randomUUID();
  createTestLogger('test').trace(marker);
  const { OBSERVATIONS_DIRECTORY: directory = '' } = observedEnvironment();
  const files = readdirSync(directory).map((file) => readFileSync(join(directory, file), 'utf8'));
  expect(files.filter((text) => text.includes(marker))).toHaveLength(1);
});

import { resolve } from 'node:path';
import { runReadmeExample } from '@obo/service-defaults/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startTestIssuer } from '../testing/issuer.ts';

test('the example in README.md runs, and returns what the text says', async () => {
  const clientId = crypto.randomUUID();
  const issuer = await startTestIssuer({ audience: clientId, client: clientId, scope: 'access_as_user' });
  onTestFinished(issuer.close);
  const environment = { ...issuer.environment, CLIENT_ID: clientId, ALLOWED_CLIENT_IDS: clientId };
  const example = await runReadmeExample(resolve(import.meta.dirname, '..'), { environment });
  onTestFinished(example.stop);

  const ask = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${example.url}/api/hello`, { headers });
    return { status: response.status, body: await response.json() };
  };
  const withToken = async (changes = {}) =>
    ask({ authorization: `Bearer ${await issuer.sign(issuer.claims(changes))}` });
  expect(await ask()).toMatchObject({ status: 401, body: { code: 'missing_token' } });
  expect(await withToken({ scp: 'other' })).toMatchObject({
    status: 403,
    body: { code: 'insufficient_scope' },
  });
  expect(await withToken()).toEqual({ status: 200, body: { hello: issuer.claims().oid } });
});

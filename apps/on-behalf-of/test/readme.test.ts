import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startTestIssuer } from '@obo/access-token/testing';
import { listen } from '@obo/service-defaults/server';
import { runReadmeExample } from '@obo/service-defaults/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startTokenEndpoint } from './token-endpoint.ts';

const directory = resolve(import.meta.dirname, '..');
const clientId = '7d8c1e52-4a3b-4f60-9e71-2b5c8d9f0a13';

test('the example in README.md runs, and returns what the text says', async () => {
  const readme = readFileSync(`${directory}/README.md`, 'utf8');
  const [, expected = ''] = /returns `(\{.+\})`/.exec(readme) ?? [];

  const issuer = await startTestIssuer({ audience: clientId, client: clientId, scope: 'access_as_user' });
  const endpoint = await startTokenEndpoint();
  const graph = await listen(
    (_request, response) =>
      response.setHeader('content-type', 'application/json').end('{"displayName":"Priya Raman"}'),
    { host: 'localhost', port: 0 },
  );
  const metadata = {
    ...issuer.authority.metadata,
    token_endpoint: endpoint.authority.metadata?.token_endpoint,
  };
  onTestFinished(async () => {
    await Promise.all([issuer.close(), endpoint.close(), graph.close()]);
  });
  const example = await runReadmeExample(directory, {
    replace: { 'https://graph.microsoft.com/v1.0': graph.url },
    environment: {
      ...issuer.environment,
      AUTHORITY_METADATA: JSON.stringify(metadata),
      CLIENT_ID: clientId,
      ALLOWED_CLIENT_IDS: clientId,
      CLIENT_SECRET: 'a secret of the example',
    },
  });
  onTestFinished(example.stop);

  const bearer = await issuer.sign(issuer.claims());
  const response = await fetch(`${example.url}/api/hello`, {
    headers: { authorization: `Bearer ${bearer}` },
  });
  expect(await response.text()).toBe(expected);
  expect(endpoint.requests).toMatchObject([{ scopes: ['User.Read'] }]);
});

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startTestIssuer } from '@obo/access-token/testing';
import { listen } from '@obo/service-defaults/server';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startTokenEndpoint } from './token-endpoint.ts';

const directory = resolve(import.meta.dirname, '..');
const clientId = '7d8c1e52-4a3b-4f60-9e71-2b5c8d9f0a13';

test('the example in README.md runs, and returns what the text says', async () => {
  const readme = readFileSync(`${directory}/README.md`, 'utf8');
  const [, code = ''] = /```js\n([\s\S]+?)```/.exec(readme) ?? [];
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
  const here = code
    .replace('https://graph.microsoft.com/v1.0', graph.url)
    .replace('port: 4000', 'port: 0')
    .replace('await listen(', 'const { url } = await listen(')
    .concat('console.log(url);');
  const example = spawn(process.execPath, ['--input-type=module', '-e', here], {
    cwd: directory,
    env: {
      ...observedEnvironment(),
      ...issuer.environment,
      AUTHORITY_METADATA: JSON.stringify(metadata),
      CLIENT_ID: clientId,
      ALLOWED_CLIENT_IDS: clientId,
      CLIENT_SECRET: 'a secret of the example',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    example.kill('SIGKILL');
    await Promise.all([issuer.close(), endpoint.close(), graph.close()]);
  });
  const lines = createInterface({ input: example.stdout }).on('line', observeLog);
  const url = await new Promise<string>((found) => lines.once('line', found));

  const bearer = await issuer.sign(issuer.claims());
  const response = await fetch(`${url}/api/hello`, { headers: { authorization: `Bearer ${bearer}` } });
  expect(await response.text()).toBe(expected);
  expect(endpoint.requests).toMatchObject([{ scopes: ['User.Read'] }]);
});

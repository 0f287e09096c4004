import { expect, test } from 'vitest';
import { parseArguments } from '../../src/command/arguments.ts';
import { findTenant } from '../../src/command/find-tenant.ts';

const context = { env: {}, stdin: process.stdin, isTerminal: false, notify: () => {} };

test.each([
  ['the global cloud has the default', [], 'https://graph.microsoft.com', undefined],
  ['a named cloud has its own', ['--cloud', 'china'], 'https://microsoftgraph.chinacloudapi.cn', true],
  ['an unnamed cloud has its own', ['--graph-url', 'https://graph.example'], 'https://graph.example', true],
  ["a stand-in has the cloud's", ['--graph-url', 'http://localhost:1'], 'http://localhost:1', undefined],
])("the start of Graph's scopes: %s", async (_what, args, graphUrl, isOwn) => {
  const parsed = parseArguments(['--yes', ...args], () => {});
  if (parsed === null) throw new Error('Help was printed.');
  const tenant = await findTenant(parsed, '', context);
  expect(tenant.graphBaseUrl).toBe(`${graphUrl}/v1.0`);
  expect(tenant.graphResource).toBe(isOwn && graphUrl);
});

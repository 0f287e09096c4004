import { expect, test } from 'vitest';
import { readArguments } from '../../src/command/arguments.ts';
import { reachTenant } from '../../src/command/find-tenant.ts';

const surroundings = {
  env: {},
  stdin: process.stdin,
  isTerminal: false,
  print: () => {},
  say: () => {},
  confirm: async () => false,
};

test.each([
  ['of the global cloud are as usual', [], 'https://graph.microsoft.com', undefined],
  ['of a cloud with a name', ['--cloud', 'china'], 'https://microsoftgraph.chinacloudapi.cn', true],
  ['of a cloud without one', ['--graph-url', 'https://graph.example'], 'https://graph.example', true],
  ['of a stand-in are the cloud’s', ['--graph-url', 'http://localhost:1'], 'http://localhost:1', undefined],
])("what Graph's scopes start with: %s", async (_what, args, graphUrl, named) => {
  const tenant = await reachTenant(readArguments(['--yes', ...args]), '', surroundings);
  expect(tenant.graphBaseUrl).toBe(`${graphUrl}/v1.0`);
  expect(tenant.graphResource).toBe(named && graphUrl);
});

import { expect, test } from 'vitest';
import { commandsFor } from '../src/commands.ts';

const files = (authority: string, graph: string) => ({
  AUTHORITY: `${authority}/5f0c9a52-3c1e-4b7d-9d2a-7e6b1c4f8a30`,
  GRAPH_BASE_URL: `${graph}/v1.0`,
});

test.each([
  ['local', undefined, {}, 'npx -y pnpm@12 register --local'],
  ['local', 'x', {}, 'npx -y pnpm@12 register --local --name-prefix x'],
  ['real', undefined, {}, 'npx -y pnpm@12 register'],
  [
    'real',
    undefined,
    files('https://login.microsoftonline.com', 'https://graph.microsoft.com'),
    'npx -y pnpm@12 register',
  ],
  [
    'real',
    'obo',
    files('https://login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn'),
    'npx -y pnpm@12 register --cloud china',
  ],
  [
    'real',
    undefined,
    files('https://contoso.ciamlogin.com', 'https://graph.microsoft.com'),
    'npx -y pnpm@12 register --authority-url https://contoso.ciamlogin.com',
  ],
  [
    'real',
    'x',
    files('https://login.example', 'https://graph.example'),
    'npx -y pnpm@12 register --authority-url https://login.example --graph-url https://graph.example --name-prefix x',
  ],
] as const)('the register command for a %s tenant, prefix %s, %j', (kind, prefix, environment, register) => {
  expect(commandsFor(kind, prefix, environment).register).toBe(register);
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Chain, startChain } from '../../chain/chain.ts';
import { connectAgent, priya } from './agent.ts';

const suite = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));

const addressSchema = z.object({ port: z.number() });

let chain: Chain;
let proxy: Server;
let folder: string;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  let authorization = '';
  // The suite cannot sign in, so this adds the token to its requests.
  proxy = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const forwarded = send(`${chain.middleTierUrl}${incoming.url}`, {
      method,
      headers: { ...headers, authorization },
    });
    forwarded.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const origin = `http://localhost:${addressSchema.parse(proxy.address()).port}`;
  url = `${origin}/mcp`;
  chain = await startChain({ mcp: true, environment: { ALLOWED_ORIGINS: origin } });
  const agent = await connectAgent(chain, priya);
  authorization = `Bearer ${agent.accessToken()}`;
  await agent.close();
});
afterAll(async () => {
  proxy.close();
  await Promise.all([chain.close(), rm(folder, { recursive: true })]);
});

// The other scenarios need tools, prompts and resources with names of their own, or sessions, sampling, elicitation and
// subscriptions, which this server does not have. There are none about authorization for a server.
test.each(['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'])(
  'passes the scenario %s of the MCP conformance suite',
  async (scenario) => {
    const run = promisify(execFile)(
      process.execPath,
      [suite, 'server', '--url', url, '--scenario', scenario, '-o', folder],
      { timeout: 60_000 },
    );
    const { stdout } = await run.catch((error) => error);
    expect(stdout).toMatch(/Passed: ([1-9])\/\1, 0 failed/);
  },
);

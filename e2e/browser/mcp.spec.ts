import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { type Chain, startChain } from '../chain/chain.ts';
import { connectAgent, linkIn } from '../http/mcp/agent.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

let chain: Chain;
test.beforeAll(async () => {
  chain = await startChain({ mcp: true });
});
test.afterAll(() => chain.close());

test('an agent signs its user in with the browser, and a link lets it go on when consent is missing', async ({
  page,
}) => {
  const pages = new SignInPages(page);
  // Where an agent on the user's machine waits for the browser.
  const called = Promise.withResolvers<string>();
  const listener = createServer((request, response) => {
    response.end('You can close this page.');
    if (request.url?.startsWith('/callback')) called.resolve(request.url);
  }).listen(0, 'localhost');
  await once(listener, 'listening');
  const { port } = z.object({ port: z.number() }).parse(listener.address());
  const origin = `http://localhost:${port}`;

  const agent = await connectAgent(
    chain,
    async (address) => {
      await page.goto(address);
      await pages.enter(priya.mail);
      await pages.accept();
      return new URL(await called.promise, origin);
    },
    `${origin}/callback`,
  );
  expect((await agent.call('get_leave_balance')).structuredContent).toMatchObject({ remainingDays: 25 });

  const { state } = chain.tenant.directory;
  state.permissionGrants.splice(0, state.permissionGrants.length);
  await chain.renewMiddleTier();
  const failed = await agent.call('list_team_requests');
  await page.goto(linkIn(failed.content[0]?.text));
  await pages.accept();
  await expect(page.getByRole('heading', { name: 'Done' })).toBeVisible();
  expect((await agent.call('list_team_requests')).structuredContent).toEqual({ requests: [], next: null });

  await agent.close();
  listener.close();
});

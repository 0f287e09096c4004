import { randomUUID } from 'node:crypto';
import { browseOverHttp, password } from '@obo/local-tenant';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { withdrawConsents } from '../../chain/consents.ts';
import { type Agent, amara, connectAgent, linkIn, priya } from './agent.ts';

let chain: Chain;
const agents: Agent[] = [];
beforeAll(async () => {
  chain = await startChain({ mcp: true });
});
beforeEach(async () => {
  await chain.reset();
  await chain.renewMiddleTier();
});
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
});
afterAll(() => chain.close());

async function agentOf(username: string): Promise<Agent> {
  const agent = await connectAgent(chain, username);
  agents.push(agent);
  return agent;
}

const mcpUrl = () => chain.environments.middleTierApi.MCP_URL ?? '';
const nextYear = new Date().getUTCFullYear() + 1;

/** The first working day in a week of next year. */
function day(week: number): string {
  const date = new Date(Date.UTC(nextYear, 0, week * 7));
  while ([0, 6].includes(date.getUTCDay())) date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
}

/** Opens a link as a user would, in a browser in which nobody is signed in. */
const open = (link: string, username: string, consent: 'accept' | 'decline' = 'accept') =>
  browseOverHttp(link, { username, password, consent });

describe('an agent that knows the URL and a client ID', () => {
  test('finds the authorization server, signs its user in once, and reads the overview', async () => {
    const agent = await agentOf(priya);
    expect(agent.signIns()).toBe(1);
    expect(decodeJwt(agent.accessToken())).toMatchObject({
      aud: chain.environments.middleTierApi.CLIENT_ID,
      azp: chain.environments.mcpClient.CLIENT_ID,
      scp: 'access_as_user',
    });
    const { structuredContent } = await agent.call('get_overview');
    expect(structuredContent).toMatchObject({
      profile: { name: 'Priya Raman', manager: { name: 'Amara Okafor' } },
      leave: { requests: [] },
      problems: [],
    });
  });

  test('requests and cancels leave', async () => {
    const agent = await agentOf(priya);
    const before = await agent.call('get_leave_balance');
    const requested = await agent.call('request_leave', { startDate: day(2), endDate: day(2) });
    expect(requested.structuredContent).toMatchObject({ days: 1, status: 'pending' });
    const { id } = requested.structuredContent ?? {};
    expect(await agent.call('cancel_leave', { id })).toMatchObject({ structuredContent: { canceled: true } });
    expect(await agent.call('get_leave_balance')).toEqual(before);
  });

  test('requests leave once if it repeats a call with its idempotency key', async () => {
    const agent = await agentOf(priya);
    const input = { startDate: day(2), endDate: day(2), idempotencyKey: randomUUID() };
    expect(await agent.call('request_leave', input)).toEqual(await agent.call('request_leave', input));
  });

  test('decides on leave that waits for its user', async () => {
    const { structuredContent } = await (await agentOf(priya)).call('request_leave', {
      startDate: day(2),
      endDate: day(2),
    });
    const manager = await agentOf(amara);
    const team = await manager.call('list_team_requests');
    expect(team.structuredContent).toMatchObject({ requests: [{ requester: { name: 'Priya Raman' } }] });
    const decided = await manager.call('decide_leave', { id: structuredContent?.id, decision: 'approval' });
    expect(decided.structuredContent).toMatchObject({ status: 'approved' });
  });

  test('is told which tools only read, and which destroy', async () => {
    const { tools } = await (await agentOf(priya)).client.listTools();
    const hints = Object.fromEntries(
      tools.map(({ name, annotations }) => [
        name,
        annotations?.readOnlyHint ? 'reads' : annotations?.destructiveHint ? 'destroys' : 'adds',
      ]),
    );
    expect(hints).toEqual({
      get_overview: 'reads',
      get_leave_balance: 'reads',
      request_leave: 'adds',
      cancel_leave: 'destroys',
      list_team_requests: 'reads',
      decide_leave: 'destroys',
    });
    for (const { inputSchema, outputSchema } of tools)
      expect([inputSchema.type, outputSchema?.type]).toEqual(['object', 'object']);
  });

  test('reads in plain words what the downstream API rejects', async () => {
    const agent = await agentOf(priya);
    const result = await agent.call('request_leave', { startDate: '2020-01-06', endDate: '2020-01-06' });
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^Leave must start today or later\. .+ \(leave_in_past\)$/) }],
    });
  });

  test('gets the profile if the downstream API is down', async () => {
    const agent = await agentOf(priya);
    chain.stopDownstreamApi();
    const { structuredContent } = await agent.call('get_overview');
    expect(structuredContent).toMatchObject({
      profile: { name: 'Priya Raman' },
      leave: null,
      problems: [expect.stringContaining('(dependency_unavailable)')],
    });
  });
});

describe('if the agent cannot go on, a link for its user', () => {
  test('helps to approve more than ten working days', async () => {
    const requested = await (await agentOf(priya)).call('request_leave', {
      startDate: `${nextYear}-03-01`,
      endDate: `${nextYear}-03-20`,
    });
    const manager = await agentOf(amara);
    const decision = { id: requested.structuredContent?.id, decision: 'approval' };
    const failed = await manager.call('decide_leave', decision);
    expect(failed.content[0]?.text).toContain('You have to verify your identity.');
    await open(linkIn(failed.content[0]?.text), amara);
    expect(await manager.call('decide_leave', decision)).toMatchObject({
      structuredContent: { status: 'approved' },
    });
  });

  test.each([
    { who: 'another user', username: amara, consent: 'accept', shown: 'That did not work' },
    { who: 'a user who declines', username: priya, consent: 'decline', shown: 'Nothing has changed' },
  ] as const)('changes nothing for $who', async ({ username, consent, shown }) => {
    const agent = await agentOf(priya);
    await agentOf(amara);
    withdrawConsents(chain);
    const failed = await agent.call('request_leave', { startDate: day(3), endDate: day(3) });
    const { status, page } = await open(linkIn(failed.content[0]?.text), username, consent);
    expect({ status, page }).toEqual({ status: 403, page: expect.stringContaining(shown) });
    expect(await agent.call('request_leave', { startDate: day(3), endDate: day(3) })).toMatchObject({
      isError: true,
    });
  });

  test.each([
    ['a changed link', (link: string) => link.replace(/.(?=.{40}$)/, (one) => (one === 'A' ? 'B' : 'A'))],
    ['no link', () => `${mcpUrl()}/sign-in`],
    [
      'a callback that began in another browser',
      () => `${mcpUrl()}/sign-in/callback?code=x&state=${randomUUID()}`,
    ],
    ['a callback without a state', () => `${mcpUrl()}/sign-in/callback?code=x`],
  ])('is a clear page for %s', async (_what, change) => {
    const agent = await agentOf(priya);
    withdrawConsents(chain);
    const link = linkIn(
      (await agent.call('request_leave', { startDate: day(3), endDate: day(3) })).content[0]?.text,
    );
    const response = await fetch(change(link), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This link no longer works');
  });

  test('shows nothing of the token that it is for', async () => {
    const agent = await agentOf(priya);
    withdrawConsents(chain);
    const link = linkIn(
      (await agent.call('request_leave', { startDate: day(3), endDate: day(3) })).content[0]?.text,
    );
    expect(link).not.toContain(agent.accessToken().split('.')[2]);
    const { oid } = decodeJwt(agent.accessToken());
    expect(decodeURIComponent(link)).not.toContain(oid);
  });
});

describe('a caller without a usable token', () => {
  const post = (
    headers: Record<string, string>,
    body: unknown = { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  ) =>
    fetch(mcpUrl(), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: JSON.stringify(body),
    });

  test('is told where the metadata is, which names the authorization server and the scope', async () => {
    const response = await post({});
    expect(response.status).toBe(401);
    const challenge = response.headers.get('www-authenticate') ?? '';
    const [, metadataUrl = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
    expect(metadataUrl).toBe(mcpUrl().replace('/mcp', '/.well-known/oauth-protected-resource/mcp'));
    expect(challenge).toContain(`scope="${mcpUrl()}/.default"`);
    expect(await (await fetch(metadataUrl)).json()).toEqual({
      resource: mcpUrl(),
      resource_name: 'Leave',
      authorization_servers: [chain.tenant.authorityMetadata.issuer],
      scopes_supported: [`${mcpUrl()}/.default`],
      bearer_methods_supported: ['header'],
    });
  });

  test('gets the metadata with an invalid token too', async () => {
    const response = await post({ authorization: 'Bearer x.y.z' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer error="invalid_token", resource_metadata="/,
    );
  });

  test.each([
    { which: 'for Microsoft Graph', status: 401, scopes: () => ['https://graph.microsoft.com/User.Read'] },
    {
      which: 'for the downstream API',
      status: 401,
      scopes: () => [`${chain.environments.middleTierApi.DOWNSTREAM_API_APP_ID_URI}/Leave.Read`],
    },
  ])('is rejected with a token $which', async ({ status, scopes }) => {
    const token = await chain.accessTokenOf(priya, { scopes: scopes() });
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(status);
  });

  test.each([
    ['a page of another origin', { origin: 'https://evil.example' }, undefined, 403, 'client_not_allowed'],
    [
      'several messages in one request',
      {},
      [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }],
      400,
      'invalid_body',
    ],
    ['a body that is too large', {}, { padding: 'x'.repeat(200_000) }, 413, 'body_too_large'],
    ['a body that is not JSON', { 'content-type': 'text/plain' }, undefined, 415, 'unsupported_media_type'],
  ])('%s is rejected', async (_what, headers, body, status, code) => {
    const token = await chain.accessTokenOf(priya);
    const response = await post({ authorization: `Bearer ${token}`, ...headers }, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test('there is no MCP server without its URL', async () => {
    const without = await startChain();
    expect((await fetch(`${without.middleTierUrl}/mcp`, { method: 'POST' })).status).toBe(404);
    await without.close();
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startChain } from '../../chain/chain.ts';
import { expectDocumented } from '../fuzzing/documented-answer.ts';
import { unlimited } from '../fuzzing/targets.ts';
import { priya } from './agent.ts';

const seed = 20_261_130;
const tools = ['get_leave_balance', 'request_leave', 'cancel_leave', 'decide_leave', 'list_team_requests'];
const methods = [
  'tools/call',
  'tools/list',
  'initialize',
  'ping',
  'resources/list',
  'notifications/initialized',
];

/** A message that is nearly right: each member has the expected value, another one, or is missing. */
const message = fc.record(
  {
    jsonrpc: fc.constantFrom('2.0', '1.0', 2),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    method: fc.oneof(fc.constantFrom(...methods), fc.string()),
    params: fc.oneof(
      fc.record(
        {
          name: fc.oneof(fc.constantFrom(...tools), fc.string()),
          arguments: fc.oneof(
            fc.dictionary(fc.constantFrom('id', 'startDate', 'endDate', 'after'), fc.json()),
            fc.anything(),
          ),
          protocolVersion: fc.constantFrom('2025-11-25', '2026-07-28', '', 'x'),
          _meta: fc.oneof(
            fc.anything(),
            fc.constant({ 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }),
          ),
        },
        { requiredKeys: [] },
      ),
      fc.anything(),
    ),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  message.map((value) => JSON.stringify(value) ?? ''),
  fc.json(),
  fc.string(),
  fc.array(message).map((value) => JSON.stringify(value)),
);

test('every body gets a JSON-RPC message or a documented problem', { timeout: 120_000 }, async () => {
  const chain = await startChain({ mcp: true, environment: unlimited });
  const token = await chain.accessTokenOf(priya);
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(bodies, async (body) => {
      const response = await fetch(`${chain.middleTierUrl}/mcp`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      const { status, headers } = response;
      const text = await response.text();
      seen.add(status);
      if (headers.get('content-type')?.includes('problem')) expectDocumented({ status, headers, body: text });
      else if (status !== 202) {
        expect([200, 400, 404]).toContain(status);
        expect(text).toMatch(/^(event: message\ndata: )?\{.*"jsonrpc":"2\.0"/);
      }
      expect(text).not.toMatch(/node_modules|TypeError|\bat \w+ \(/);
    }),
    { seed, numRuns: 700 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([200, 400]));
  expect((await fetch(`${chain.middleTierUrl}/readyz`)).status).toBe(200);
  await chain.close();
});

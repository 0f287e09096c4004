import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type Chain, startChain } from '../chain/chain.ts';

let chain: Chain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.close());
beforeEach(async () => {
  await chain.reset();
  // New instances know no keys, and have no circuit that an earlier failure opened.
  chain.stopDownstreamApi();
  chain.startDownstreamApi();
  await chain.renewMiddleTier();
});

const signIn = () => chain.accessTokenOf('priya.raman@contoso.example');

const sectionSchema = z.object({
  state: z.string(),
  problem: z.object({ code: z.string() }).optional(),
});
const overviewSchema = z.object({
  code: z.string().optional(),
  profile: sectionSchema.optional(),
  leave: sectionSchema.optional(),
});

/** Returns what each section says: `ok`, or the code of its problem; or the code for the whole response. */
async function readOverview(token: string): Promise<string> {
  const response = await fetch(`${chain.middleTierUrl}/api/overview`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const { code, profile, leave } = overviewSchema.parse(await response.json());
  return code ?? [profile, leave].map((section) => section?.problem?.code ?? section?.state).join(', ');
}

const changeLab = (method: 'PUT' | 'DELETE', body: object) =>
  fetch(`${new URL(chain.tenant.graphBaseUrl).origin}/local-tenant/failure-lab`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

test.each([
  { id: 'consent-missing', signsInAgain: true, seen: ['consent_required, ok'] },
  { id: 'signature-invalid', signsInAgain: false, seen: ['invalid_token, ok'] },
  { id: 'key-rolled', signsInAgain: true, seen: ['ok, ok'] },
  { id: 'step-up', signsInAgain: true, seen: ['insufficient_claims, ok'] },
  { id: 'blocked', signsInAgain: true, seen: ['access_blocked, ok'] },
  { id: 'not-assigned', signsInAgain: true, seen: ['ok, not_assigned'] },
  { id: 'resource-unknown', signsInAgain: true, seen: ['ok, identity_configuration'] },
  { id: 'session-revoked', signsInAgain: false, seen: ['insufficient_claims, ok', 'invalid_token'] },
  { id: 'token-expired', signsInAgain: false, seen: ['invalid_token, ok'] },
  { id: 'downstream-api-down', signsInAgain: false, seen: ['ok, dependency_unavailable'] },
  { id: 'graph-throttled', signsInAgain: false, seen: ['dependency_unavailable, ok'] },
])(
  'the failure $id reaches the overview as $seen, and its cure ends it',
  async ({ id, signsInAgain, seen }) => {
    const first = await signIn();
    expect(await readOverview(first)).toBe('ok, ok');
    expect((await changeLab('PUT', { id })).status).toBe(200);
    const token = signsInAgain ? await signIn() : first;
    for (const sections of seen) expect(await readOverview(token)).toBe(sections);
    expect((await changeLab('DELETE', {})).status).toBe(204);
    expect(await readOverview(token)).toBe('ok, ok');
  },
);

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { setLeavePolicy } from '../chain/conditional-access.ts';

const priya = 'priya.raman@contoso.example';

async function overview(chain: Chain, token: string) {
  const response = await fetch(`${chain.middleTierUrl}/api/overview`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('when the identity provider rejects an exchange', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain();
  });
  beforeEach(() => chain.reset());
  afterAll(() => chain.close());

  test('a revoked session becomes a 401, so that the user signs in again', async () => {
    const token = await chain.accessTokenOf(priya);
    const { id } = chain.tenant.directory.findUser(priya) ?? { id: '' };
    chain.tenant.directory.state.revocations[id] = {
      signInSessionsValidFromDateTime: new Date(Date.now() + 60_000).toISOString(),
    };
    const { status, headers, body } = await overview(chain, token);
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'invalid_token' });
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  test('a revoked session removes every token that was acquired before', async () => {
    const token = await chain.accessTokenOf(priya);
    expect((await overview(chain, token)).status).toBe(200);
    const { id } = chain.tenant.directory.findUser(priya) ?? { id: '' };
    chain.tenant.directory.state.revocations[id] = {
      signInSessionsValidFromDateTime: new Date(Date.now() + 60_000).toISOString(),
    };
    // The token for reading leave is cached. The one for writing must be exchanged, which reveals the revocation.
    const cancelled = await fetch(`${chain.middleTierUrl}/api/leave-requests/${crypto.randomUUID()}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(cancelled.status).toBe(401);
    expect((await overview(chain, token)).status).toBe(401);
  });

  test('a policy that blocks the user is reported as one, without advice to sign in again', async () => {
    const token = await chain.accessTokenOf(priya);
    setLeavePolicy(chain, 'block');
    const { status, body } = await overview(chain, token);
    expect(status).toBe(200);
    expect(body.profile.state).toBe('ok');
    expect(body.leave).toMatchObject({
      state: 'unavailable',
      problem: { code: 'access_blocked', status: 403 },
    });
  });

  test.each([
    ['downstreamApi', { appRoleAssignmentRequired: true }, { code: 'not_assigned', status: 403 }],
    ['downstreamApi', { accountEnabled: false }, { code: 'identity_configuration', status: 500 }],
    ['middleTierApi', { accountEnabled: false }, { code: 'identity_configuration', status: 500 }],
  ] as const)(
    'a switch of %s to %o is reported, and the middle tier stays ready',
    async (app, change, problem) => {
      const token = await chain.accessTokenOf(priya);
      const principal = chain.tenant.directory.findServicePrincipal(chain.environments[app].CLIENT_ID ?? '');
      if (!principal) throw new Error(`${app} is not registered`);
      const before = structuredClone(principal);
      Object.assign(principal, change);
      try {
        const response = await fetch(`${chain.middleTierUrl}/api/leave-requests/${crypto.randomUUID()}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token}` },
        });
        expect(await response.json()).toMatchObject(problem);
        expect((await fetch(`${chain.middleTierUrl}/readyz`)).status).toBe(200);
      } finally {
        Object.assign(principal, before);
      }
    },
  );

  test('a failure is not cached', async () => {
    const token = await chain.accessTokenOf(priya);
    const { id } = chain.tenant.directory.findUser(priya) ?? { id: '' };
    const { revocations } = chain.tenant.directory.state;
    revocations[id] = { signInSessionsValidFromDateTime: new Date(Date.now() + 60_000).toISOString() };
    expect((await overview(chain, token)).status).toBe(401);
    delete revocations[id];
    expect((await overview(chain, token)).status).toBe(200);
  });
});

describe('when the middle tier has a wrong client secret', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({ environment: { CLIENT_SECRET: 'Abc8Q~this-is-not-the-secret-0123456789' } });
  });
  afterAll(() => chain.close());

  test('answers 500 without a challenge, logs the reason, and the service is not ready', async () => {
    const { status, body } = await overview(chain, await chain.accessTokenOf(priya));
    expect({ status, code: body.code }).toEqual({ status: 500, code: 'identity_configuration' });
    const ready = await fetch(`${chain.middleTierUrl}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      checks: { client_credential: 'failing', signing_keys: 'ok' },
    });
    expect(chain.logs.join('\n')).toContain('"see":"docs/reference/errors/AADSTS7000215.md"');
    expect(chain.logs.join('\n')).not.toContain('this-is-not-the-secret');
  });
});

describe('the validator selected by ACCESS_TOKEN_VALIDATOR', () => {
  test('jose runs the same chain', async () => {
    const chain = await startChain({ environment: { ACCESS_TOKEN_VALIDATOR: 'jose' } });
    try {
      expect((await overview(chain, await chain.accessTokenOf(priya))).status).toBe(200);
    } finally {
      await chain.close();
    }
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as faults from '../../chain/faults.ts';
import { type FaultyChain, startFaultyChain } from '../../chain/faulty-chain.ts';
import { call, expectNoLeak, readiness } from './calls.ts';

let chain: FaultyChain;
let token: string;

beforeAll(async () => {
  chain = await startFaultyChain();
  token = await chain.accessTokenOf('priya.raman@contoso.example');
});
beforeEach(async () => {
  chain.endFaults();
  await chain.renewMiddleTier();
});
afterAll(() => chain.close());

const whole = { profile: { state: 'ok' }, leave: { state: 'ok' } };
const exchanges = () =>
  chain.proxies.identity_provider.requests.filter(({ method }) => method === 'POST').length;
const patience = { timeout: 10_000 };
const isExchange = ({ method }: { method: string }) => method === 'POST';

describe('a token response', () => {
  test.each(['id_token', 'client_info', 'refresh_token', 'ext_expires_in', 'scope'])(
    'without %s is good enough',
    async (member) => {
      chain.proxies.identity_provider.fail(
        faults.change(({ [member]: _left, ...rest }) => rest),
        isExchange,
      );
      expect((await call(chain, token)).body).toMatchObject(whole);
      expect((await call(chain, token)).body).toMatchObject(whole);
      expect(exchanges()).toBe(2);
    },
  );

  test('without an expiry time is used, and not cached', async () => {
    chain.proxies.identity_provider.fail(
      faults.change(({ expires_in: _in, ext_expires_in: _ext, ...rest }) => rest),
      isExchange,
    );
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect(exchanges()).toBe(4);
  });

  test.each([
    ['in another order', (scope: string) => scope.split(' ').reverse().join(' ')],
    ['in capitals', (scope: string) => scope.toUpperCase()],
    ['without its resource', (scope: string) => scope.replaceAll(/\S+\//g, '')],
  ])('that spells the scope %s is kept all the same', async (_title, spell) => {
    chain.proxies.identity_provider.fail(
      faults.change((body) => ({ ...body, scope: spell(String(body.scope)) })),
      isExchange,
    );
    await call(chain, token);
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect(exchanges()).toBe(2);
  });
});

describe('a token response for another user', () => {
  type Body = Record<string, unknown>;

  test.each<[string, (theirs: Body) => Body]>([
    ['in all its parts', (theirs) => theirs],
    ['recognizable by its id_token alone', ({ client_info: _left, ...theirs }) => theirs],
  ])('%s is rejected, and nothing of it is cached', async (_title, mix) => {
    const isForGraph = ({ body }: { body: string }) => body.includes('graph.microsoft.com');
    let theirs: Body = {};
    chain.proxies.identity_provider.fail(
      faults.change((body) => {
        theirs = body;
        return body;
      }),
      isForGraph,
    );
    await call(chain, await chain.accessTokenOf('lukasz.dabrowski@contoso.example'));

    chain.proxies.identity_provider.fail(
      faults.change(() => mix(theirs)),
      isForGraph,
    );
    const answer = await call(chain, token);
    expect(answer.body).toMatchObject({
      profile: { state: 'unavailable', problem: { code: 'token_exchange_failed', status: 502 } },
      leave: { state: 'ok' },
    });
    chain.endFaults();
    expect((await call(chain, token)).body.profile?.data?.mail).toBe('priya.raman@contoso.example');
    expectNoLeak(chain, [answer]);
  });
});

describe('an exchange that is rejected for one resource', () => {
  const isForGraph = ({ method, body }: { method: string; body: string }) =>
    method === 'POST' && body.includes('graph.microsoft.com');
  const isForLeave = (request: { method: string; body: string }) =>
    request.method === 'POST' && !isForGraph(request);
  const claims = '{"access_token":{"capolids":{"essential":true,"values":["a"]}}}';
  const needed = Buffer.from(claims).toString('base64');
  const resources = {
    profile: { isConcerned: isForGraph, other: 'leave' },
    leave: { isConcerned: isForLeave, other: 'profile' },
  } as const;

  test.each<[string, keyof typeof resources, object, object]>([
    [
      'is unknown',
      'leave',
      { error: 'invalid_resource', error_codes: [500011] },
      { state: 'unavailable', problem: { code: 'identity_configuration', status: 500 } },
    ],
    [
      'is blocked by a policy, although Entra sends claims',
      'leave',
      { error: 'invalid_grant', suberror: 'message_only', error_codes: [53003], claims },
      { state: 'unavailable', problem: { code: 'access_blocked', status: 403 } },
    ],
    [
      'is not assigned to the user',
      'leave',
      { error: 'access_denied', error_codes: [50105] },
      { state: 'unavailable', problem: { code: 'not_assigned', status: 403 } },
    ],
    [
      'requires a step-up',
      'leave',
      { error: 'interaction_required', suberror: 'basic_action', error_codes: [50076], claims },
      { state: 'action_required', challenge: { kind: 'claims', claims: needed } },
    ],
    [
      'requires an external challenge',
      'profile',
      { error: 'interaction_required', error_codes: [50158] },
      { state: 'action_required', problem: { code: 'invalid_token' }, challenge: { kind: 'sign_in' } },
    ],
    [
      'has a policy about the age of the session',
      'profile',
      { error: 'invalid_grant', suberror: 'token_expired', error_codes: [70043] },
      { state: 'action_required', problem: { code: 'invalid_token' }, challenge: { kind: 'sign_in' } },
    ],
    [
      'no longer knows the key of the assertion',
      'profile',
      { error: 'invalid_grant', error_codes: [50013] },
      { state: 'action_required', problem: { code: 'invalid_token' }, challenge: { kind: 'sign_in' } },
    ],
  ])(
    'that %s costs one attempt per overview and no token for the other one, and the instance stays ready',
    async (_title, section, body, expected) => {
      const { isConcerned, other } = resources[section];
      const { identity_provider } = chain.proxies;
      identity_provider.fail(
        faults.answer(400, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        isConcerned,
      );
      const overviews = 5;
      for (let overview = 0; overview < overviews; overview += 1) {
        const answer = await call(chain, token);
        expect(answer.status).toBe(200);
        expect(answer.body[section]).toMatchObject(expected);
        expect(answer.body[other]).toMatchObject({ state: 'ok' });
      }
      expect(identity_provider.requests.filter(isConcerned).length).toBeLessThanOrEqual(overviews);
      expect(exchanges() - identity_provider.requests.filter(isConcerned).length).toBe(1);
      expect((await readiness(chain)).status).toBe(200);
      chain.endFaults();
      expect((await call(chain, token)).body).toMatchObject(whole);
    },
  );
});

describe('exchanges that are rejected for all resources', () => {
  const misconfigured = 'identity_configuration';
  test.each([
    ['blocked by a policy', { error: 'invalid_grant', error_codes: [53003] }, 403, 'access_blocked'],
    ['not assigned', { error: 'access_denied', error_codes: [50105] }, 403, 'not_assigned'],
    ['an older session', { error: 'invalid_grant', suberror: 'token_expired' }, 401, 'invalid_token'],
    ['a disabled middle tier', { error: 'unauthorized_client', error_codes: [7000112] }, 500, misconfigured],
    ['an unknown client secret', { error: 'invalid_client', error_codes: [7000215] }, 500, misconfigured],
    ['resources that are unknown', { error: 'invalid_resource', error_codes: [500011] }, 500, misconfigured],
    ['a service that is down', { error: 'temporarily_unavailable' }, 502, 'dependencies_unavailable'],
  ])('because of %s return what the user has to know', async (_title, body, status, code) => {
    chain.proxies.identity_provider.fail(
      faults.answer(400, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      isExchange,
    );
    expect(await call(chain, token)).toMatchObject({ status, body: { code } });
  });
});

describe('a rejected exchange', () => {
  const rejection = { error: 'unauthorized_client', error_codes: [7000112] };
  const isForGraph = ({ method, body }: { method: string; body: string }) =>
    method === 'POST' && body.includes('graph.microsoft.com');

  test.each([
    [
      'for one section',
      isForGraph,
      { level: 'warn', msg: 'overview section unavailable', section: 'profile' },
    ],
    ['for every section', isExchange, { level: 'error', msg: 'This API is not registered correctly' }],
  ])(
    '%s is logged once, with its number and the page about it, and without a stack',
    async (_title, isRejected, expected) => {
      const answer = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(rejection) };
      chain.proxies.identity_provider.fail(faults.answer(400, answer), isRejected);
      const before = chain.logs.length;
      await call(chain, token);
      const lines = chain.logs.slice(before).filter((line) => line.includes('RejectedExchange'));
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        {
          ...expected,
          code: 'identity_configuration',
          error: {
            cause: {
              reason: 'registration',
              errorNo: '7000112',
              see: 'docs/reference/errors/AADSTS7000112.md',
            },
          },
        },
      ]);
      expect(lines[0]).not.toContain('"stack"');
      expect(chain.logs.slice(before).join('\n')).not.toContain('photo omitted');
    },
  );
});

describe('a token that its resource rejects', () => {
  test.each([
    ['from the start', 0],
    ['after it was accepted once', 1],
  ])(
    'for one call only, %s, stays: six overviews cause three exchanges at most',
    async (_title, accepted) => {
      const isForPhoto = ({ path }: { path: string }) => path.includes('/me/photos');
      for (let overview = 0; overview < 6; overview += 1) {
        if (overview === accepted) chain.proxies.graph.fail(faults.unauthorized, isForPhoto);
        const { body } = await call(chain, token);
        expect(body).toMatchObject(whole);
      }
      expect(exchanges()).toBeLessThanOrEqual(3);
    },
  );

  test.each([
    ['behind another challenge', ['PoP nonce="n"', 'Bearer error="insufficient_claims", claims="e30="']],
    ['without quotes', ['Bearer error=insufficient_claims, claims=e30=']],
  ])('with a claims challenge %s is not exchanged again', async (_title, challenge) => {
    await call(chain, token);
    chain.proxies.graph.fail({
      request: ({ response }) => void response.writeHead(401, { 'www-authenticate': challenge }).end(),
    });
    expect((await call(chain, token)).body.profile).toMatchObject({
      state: 'action_required',
      challenge: { kind: 'claims', claims: 'e30=' },
    });
    expect(exchanges()).toBe(2);
  });

  test('although it is new, is exchanged again once, and then the rejection is reported', async () => {
    await call(chain, token);
    expect(exchanges()).toBe(2);
    chain.proxies.downstream.forget();
    chain.proxies.downstream.fail(faults.unauthorized);
    const answer = await call(chain, token);
    expect(answer.body).toMatchObject({
      profile: { state: 'ok' },
      leave: { problem: { code: 'dependency_refused', status: 502, dependency: 'downstream' } },
    });
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(exchanges()).toBe(3);
    expect(chain.proxies.downstream.requests).toHaveLength(4);
    chain.endFaults();
    expect((await call(chain, token)).body).toMatchObject(whole);
    expectNoLeak(chain, [answer]);
  });

  test('once, is exchanged again without the caller noticing', async () => {
    await call(chain, token);
    const [rejected] = chain.proxies.downstream.requests.map(({ authorization }) => authorization);
    chain.proxies.downstream.fail(faults.unauthorized, ({ authorization }) => authorization === rejected);
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect(exchanges()).toBe(3);
  });

  test('right after its exchange is not exchanged again', async () => {
    chain.proxies.downstream.fail(faults.unauthorized);
    expect((await call(chain, token)).body.leave?.problem).toMatchObject({ code: 'dependency_refused' });
    expect(exchanges()).toBe(2);
    expect(chain.proxies.downstream.requests).toHaveLength(2);
  });

  test('with a claims challenge is removed with all other tokens of the user, and the challenge is passed on', async () => {
    await call(chain, token);
    const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString('base64');
    chain.proxies.graph.fail(
      faults.answer(401, {
        headers: { 'www-authenticate': `Bearer realm="", error="insufficient_claims", claims="${claims}"` },
      }),
    );
    chain.proxies.graph.forget();
    expect((await call(chain, token)).body).toMatchObject({
      profile: { state: 'action_required', challenge: { kind: 'claims', claims } },
      leave: { state: 'ok' },
    });
    expect(chain.proxies.graph.requests).toHaveLength(3);
    expect(exchanges()).toBe(2);
    chain.proxies.graph.pass();
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect(exchanges()).toBeGreaterThan(2);
  });
});

describe('a caller that disconnects', () => {
  test('ends the calls made for its request', async () => {
    await call(chain, token);
    chain.proxies.graph.forget();
    chain.proxies.graph.fail(faults.hang);
    const before = chain.logs.length;
    const caller = new AbortController();
    const answer = call(chain, token, '/api/overview', { signal: caller.signal });
    await expect.poll(() => chain.proxies.graph.requests.length, patience).toBe(3);
    caller.abort();
    await expect(answer).rejects.toThrow();
    const ends = await Promise.all(chain.proxies.graph.requests.map(({ ended }) => ended));
    expect(ends).toEqual(['abandoned', 'abandoned', 'abandoned']);
    const lines = chain.logs.slice(before).filter((line) => line.includes('caller went away'));
    expect(lines).toHaveLength(1);
  });

  test('does not end an exchange that other callers wait for', async () => {
    const released = Promise.withResolvers<void>();
    chain.proxies.identity_provider.fail(faults.until(released.promise), isExchange);
    const first = new AbortController();
    const abandoned = call(chain, token, '/api/overview', { signal: first.signal });
    await expect.poll(exchanges, patience).toBe(2);
    const others = [1, 2, 3].map(() => call(chain, token));
    first.abort();
    await expect(abandoned).rejects.toThrow();
    released.resolve();
    for (const { body } of await Promise.all(others)) expect(body).toMatchObject(whole);
    expect(exchanges()).toBe(2);
    for (const { ended } of chain.proxies.identity_provider.requests) expect(await ended).toBe('answered');
  });

  test('does not end an exchange that waits for its retry', async () => {
    chain.proxies.identity_provider.fail(faults.times(2, faults.throttle('1')), isExchange);
    const first = new AbortController();
    const abandoned = call(chain, token, '/api/overview', { signal: first.signal });
    await expect.poll(exchanges, patience).toBe(2);
    await Promise.all(chain.proxies.identity_provider.requests.map(({ ended }) => ended));
    first.abort();
    await expect(abandoned).rejects.toThrow();
    await expect.poll(exchanges, patience).toBe(4);
    expect((await call(chain, token)).body).toMatchObject(whole);
    expect(exchanges()).toBe(4);
  });
});

import { makeAccessToken } from '@obo/access-token/testing';
import { describe, expect, test } from 'vitest';
import { type RejectionReason, rejectionReasons } from '../src/rejected-exchange.ts';
import { type Instance, startInstanceForEachTest } from './instance.ts';
import { issue, reject, type TokenAnswer, type TokenEndpoint } from './token-endpoint.ts';

const graph = ['https://graph.microsoft.com/User.Read'];
const leave = ['api://leave/Leave.Read'];
const claims = '{"access_token":{"capolids":{"essential":true,"values":["a"]}}}';

let endpoint: TokenEndpoint;
let instance: Instance;
startInstanceForEachTest((...started) => {
  [endpoint, instance] = started;
});

/** What a reason means for the caller. */
const consequences: Record<RejectionReason, { code: string; status: number }> = {
  client_credential: { code: 'identity_configuration', status: 500 },
  registration: { code: 'identity_configuration', status: 500 },
  resource: { code: 'identity_configuration', status: 500 },
  tenant: { code: 'identity_configuration', status: 500 },
  not_assigned: { code: 'not_assigned', status: 403 },
  blocked: { code: 'access_blocked', status: 403 },
  revoked: { code: 'invalid_token', status: 401 },
  consent: { code: 'consent_required', status: 403 },
  sign_in: { code: 'invalid_token', status: 401 },
  step_up: { code: 'insufficient_claims', status: 401 },
  unavailable: { code: 'identity_provider_unavailable', status: 503 },
};

/** The token endpoint's answer for the downstream scope, and the reason that the exchange was rejected for. */
const rejections: [string, TokenAnswer, RejectionReason][] = [
  ['an unknown resource', reject(500011, 'invalid_resource'), 'resource'],
  ['a disabled resource', reject(500014, 'invalid_resource'), 'resource'],
  ['a resource without subscription, as invalid_client', reject(650052, 'invalid_client'), 'resource'],
  ['invalid_resource with an unknown number', reject(1, 'invalid_resource'), 'resource'],
  ['an unknown tenant', reject(90002, 'invalid_request'), 'tenant'],
  ['a wrong client secret', reject(7000215, 'invalid_client'), 'client_credential'],
  ['an unknown subject of a federated credential', reject(700213, 'invalid_client'), 'client_credential'],
  ['invalid_client with an unknown number', reject(1, 'invalid_client'), 'client_credential'],
  ['a disabled middle tier', reject(7000112, 'unauthorized_client'), 'registration'],
  ['a middle tier that the tenant does not know', reject(700016, 'unauthorized_client'), 'registration'],
  ['unauthorized_client with an unknown number', reject(1, 'unauthorized_client'), 'registration'],
  ['an assertion for another application', reject(500131, 'invalid_grant'), 'registration'],
  ['an invalid scope', reject(70011, 'invalid_scope'), 'registration'],
  ['a user who is not assigned', reject(50105, 'access_denied'), 'not_assigned'],
  ['a user who is not assigned, as invalid_grant', reject(50105, 'invalid_grant'), 'not_assigned'],
  [
    'a user who is not assigned, as interaction_required with claims',
    reject(50105, 'interaction_required', { claims }),
    'not_assigned',
  ],
  ['a policy that blocks', reject(53003, 'access_denied'), 'blocked'],
  [
    'a policy that blocks, with claims',
    reject(53003, 'invalid_grant', { suberror: 'message_only', claims }),
    'blocked',
  ],
  [
    'message_only with an unknown number and claims',
    reject(1, 'interaction_required', { suberror: 'message_only', claims }),
    'blocked',
  ],
  ['a revoked session', reject(50133, 'invalid_grant'), 'revoked'],
  ['a changed password, with claims', reject(50173, 'invalid_grant', { claims }), 'revoked'],
  ['missing consent', reject(65001, 'invalid_grant', { suberror: 'consent_required' }), 'consent'],
  ['missing consent without a suberror', reject(65001, 'invalid_grant'), 'consent'],
  [
    'missing consent with an unknown number',
    reject(1, 'invalid_grant', { suberror: 'consent_required' }),
    'consent',
  ],
  ['an expired session', reject(70043, 'invalid_grant', { suberror: 'token_expired' }), 'sign_in'],
  ['a bad token', reject(70000, 'invalid_grant', { suberror: 'bad_token' }), 'sign_in'],
  ['an expired assertion', reject(500133, 'invalid_grant'), 'sign_in'],
  [
    'an expired assertion behind a general number',
    reject(70002, 'invalid_grant', { error_codes: [70002, 500133] }),
    'sign_in',
  ],
  ['numbers sent as text', reject(0, 'invalid_grant', { error_codes: ['70002', '65001'] }), 'consent'],
  ['a withdrawn signing key', reject(50013, 'invalid_grant'), 'sign_in'],
  ['a second factor', reject(50076, 'interaction_required', { suberror: 'basic_action', claims }), 'step_up'],
  ['a second factor, as invalid_grant', reject(50079, 'invalid_grant', { claims }), 'step_up'],
  ['an unknown number with basic_action', reject(1, '', { suberror: 'basic_action', claims }), 'step_up'],
  ['an unknown invalid_grant with claims', reject(1, 'invalid_grant', { claims }), 'step_up'],
  ['nothing but claims', reject(1, 'unheard_of', { claims }), 'step_up'],
  ['a service that is busy', reject(1, 'temporarily_unavailable'), 'unavailable'],
];

describe('an exchange that is rejected', () => {
  test.each(rejections)('because of %s says who has to act', async (_title, answer, reason) => {
    const token = makeAccessToken();
    await instance.acquire(token, graph);
    endpoint.behave((request) => (request.resource === 'api://leave' ? answer : issue(request)));
    await expect(instance.acquire(token, leave)).rejects.toMatchObject(consequences[reason]);
    // The other resource's token stays, unless access was revoked.
    expect(instance.find(token, graph) === undefined).toBe(reason === 'revoked');
    // Whatever is not this instance's own fault keeps it in rotation.
    expect(await instance.ready()).toBe(reason !== 'client_credential');
  });

  test.each([
    ['a second factor', reject(50076, 'interaction_required')],
    ['an external challenge', reject(50158, 'interaction_required')],
    ['an unknown invalid_grant', reject(1, 'invalid_grant')],
    ['an unknown interaction_required', reject(1, 'interaction_required')],
    ['empty claims', reject(50076, 'interaction_required', { claims: '' })],
  ])('without claims because of %s asks the user to sign in again', async (_title, answer) => {
    endpoint.behave(() => answer);
    await expect(instance.acquire(makeAccessToken(), leave)).rejects.toMatchObject(consequences.sign_in);
  });

  test.each([
    ['with an unknown error', reject(1, 'unheard_of')],
    ['without any error', { status: 400, body: {} }],
    ['with members of other types', { status: 400, body: { error: 7, error_codes: 'x', suberror: null } }],
  ])('%s is an unexpected answer', async (_title, answer) => {
    endpoint.behave(() => answer);
    await expect(instance.acquire(makeAccessToken(), leave)).rejects.toMatchObject({
      code: 'token_exchange_failed',
      status: 502,
    });
    expect(await instance.ready()).toBe(true);
  });
});

test.each<[string, TokenAnswer, object]>([
  [
    'the number that decided',
    reject(70002, 'invalid_grant', { error_codes: [70002, 500133] }),
    { errorCode: 'invalid_grant', subError: '', errorNo: '500133', claims: '' },
  ],
  [
    'the first number if none is known',
    reject(0, 'unheard_of', { error_codes: [1, 2] }),
    { errorCode: 'unheard_of', errorNo: '1', claims: '' },
  ],
  [
    'no claims that no sign-in satisfies',
    reject(53003, 'invalid_grant', { suberror: 'message_only', claims }),
    { errorCode: 'invalid_grant', subError: 'message_only', errorNo: '53003', claims: '' },
  ],
  [
    'the claims of a step-up',
    reject(50076, 'interaction_required', { claims }),
    { errorCode: 'interaction_required', errorNo: '50076', claims },
  ],
])('the cause of a rejection is for the log: it has %s, and no stack', async (_title, answer, cause) => {
  endpoint.behave(() => answer);
  await expect(instance.acquire(makeAccessToken(), leave)).rejects.toMatchObject({
    cause: { name: 'RejectedExchange', stack: '', ...cause },
  });
});

test.each<[string, TokenAnswer, string]>([
  ['not assigned', reject(50105, 'access_denied'), 'An administrator can assign you'],
  ['blocked', reject(53003, 'access_denied'), 'An administrator can find the policy'],
  ['misconfigured', reject(7000215, 'invalid_client'), 'Tell the operator'],
  ['revoked', reject(50133, 'invalid_grant'), 'Sign in again'],
])('a rejection as %s says what to do', async (_title, answer, detail) => {
  endpoint.behave(() => answer);
  await expect(instance.acquire(makeAccessToken(), leave)).rejects.toMatchObject({
    message: expect.stringContaining(detail),
  });
});

test('missing consent names the scope that a client has to request', async () => {
  endpoint.behave(() => reject(65001, 'invalid_grant'));
  await expect(instance.acquire(makeAccessToken(), leave)).rejects.toMatchObject({
    message: expect.stringContaining('prompt=consent'),
    extensions: { scopes: ['api://middle-tier/.default'] },
  });
});

test('every reason is listed with the problem that it becomes', () => {
  const listed = Object.entries(rejectionReasons).map(([reason, { problem }]) => [reason, problem]);
  const expected = Object.entries(consequences).map(([reason, { code }]) => [reason, code]);
  expect(listed).toEqual(expected);
});

test('a number is the sign of one reason only', () => {
  const codes = Object.values(rejectionReasons).flatMap(({ codes }): string[] => [...codes]);
  expect(codes.length).toBe(new Set(codes).size);
});

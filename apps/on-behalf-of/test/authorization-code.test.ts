import { makeAccessToken } from '@obo/access-token/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createOnBehalfOf } from '../src/on-behalf-of.ts';
import { optionsFor } from './instance.ts';
import { type ResourceServer, startResourceServer } from './resource-server.ts';
import { decode, redirectOf, reject, startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const scopes = ['api://orders/Orders.Read'];
const other = '9a0b8c7d-6e5f-4a3b-8c2d-1e0f9a8b7c6d';

let endpoint: TokenEndpoint;
let server: ResourceServer;

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
  server = await startResourceServer();
});
beforeEach(() => {
  endpoint.behave();
});
afterEach(() => {
  endpoint.forget();
  server.forget();
});
afterAll(async () => {
  await Promise.all([endpoint.close(), server.close()]);
});

function start() {
  const onBehalfOf = createOnBehalfOf(optionsFor(endpoint));
  onTestFinished(() => onBehalfOf.close());
  const orders = onBehalfOf.resource('orders', server.url);
  const call = (token: ReturnType<typeof makeAccessToken>) =>
    orders.call(token, scopes, { span: 'orders_list', url: '/orders' });
  return { onBehalfOf, call };
}
/** The kinds of what was redeemed. */
const grants = () => endpoint.requests.map(({ parameters }) => parameters.grant_type);

describe('a code', () => {
  test('is redeemed at the tenant of the user, with its verifier, for a token that calls get from then on', async () => {
    const { onBehalfOf, call } = start();
    const token = makeAccessToken({ tid: other });
    const redirect = redirectOf(token.claims);
    await onBehalfOf.redeemCode(redirect, token, scopes);
    expect(endpoint.requests).toMatchObject([
      {
        tenant: other,
        resource: 'api://orders',
        scopes: ['Orders.Read'],
        parameters: {
          grant_type: 'authorization_code',
          code: redirect.code,
          code_verifier: redirect.codeVerifier,
          redirect_uri: redirect.redirectUri,
        },
      },
    ]);
    await call(token);
    await call(token);
    expect(server.received).toHaveLength(2);
    expect(new Set(server.received).size).toBe(1);
    expect(decode(server.received[0] ?? '')).toMatchObject({ oid: token.claims.oid, aud: 'api://orders' });
    expect(grants()).toEqual(['authorization_code']);
  });

  test('replaces what was exchanged before, for this token of the user only', async () => {
    const { onBehalfOf, call } = start();
    const [token, second] = [makeAccessToken(), makeAccessToken()];
    await call(token);
    await onBehalfOf.redeemCode(redirectOf(token.claims), token, scopes);
    await call(token);
    await call(second);
    expect(new Set(server.received).size).toBe(3);
    expect(grants()).toHaveLength(3);
  });

  test('of another user is rejected, and nothing of it is kept', async () => {
    const { onBehalfOf, call } = start();
    const token = makeAccessToken();
    const redeemed = onBehalfOf.redeemCode(redirectOf({ ...token.claims, oid: other }), token, scopes);
    await expect(redeemed).rejects.toMatchObject({ code: 'token_exchange_failed' });
    await call(token);
    expect(decode(server.received[0] ?? '')).toMatchObject({ oid: token.claims.oid });
    expect(grants()).toHaveLength(2);
  });

  test('that has expired asks the user to sign in again', async () => {
    const { onBehalfOf } = start();
    const token = makeAccessToken();
    endpoint.behave(() => reject(70008, 'invalid_grant'));
    const redeemed = onBehalfOf.redeemCode(redirectOf(token.claims), token, scopes);
    await expect(redeemed).rejects.toMatchObject({ code: 'invalid_token' });
  });
});

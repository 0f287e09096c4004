import { Problem, problems } from '@obo/service-defaults/problems';
import { type SampleService, startSampleService } from '@obo/service-defaults/testing';
import { Router } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { accessTokenClaimsSchema } from '../src/access-token.ts';
import { challengeFor, requireAuthenticationContext } from '../src/claims-challenge.ts';
import { authorityOf } from '../src/configuration.ts';
import { accessTokenOf, createAccessTokenGuard } from '../src/guard.ts';
import { validators } from '../src/verify-token.ts';
import { api, client, type Forge, scope, startForge, tenantId } from '../testing/forge.ts';

const authorityUrl = `https://login.microsoftonline.com/${tenantId}`;
const claims = Buffer.from('{"access_token":{"acrs":{"essential":true,"value":"c1"}}}').toString('base64');

let forge: Forge;
let service: SampleService;

beforeAll(async () => {
  forge = await startForge();
  const authority = {
    ...authorityOf({ TENANT_ID: tenantId, AUTHORITY: authorityUrl }),
    jwksUri: forge.jwksUri,
  };
  const guard = createAccessTokenGuard({
    authority,
    clientId: api,
    allowedClientIds: [client],
    validator: validators[0],
  });
  const protect = Router().use(guard.requireScope(scope), (_request, response, next) => {
    requireAuthenticationContext(accessTokenOf(response), 'c1', authority);
    next();
  });
  service = await startSampleService({ protect });
});

afterAll(async () => {
  await service.close();
  await forge.close();
});

const bodySchema = z.object({ code: z.string().optional(), claims: z.string().optional() });

/** Claims of the token, and the answer of a route that requires the authentication context c1. */
const rows: [title: string, status: number, code: string | undefined, claims: Record<string, unknown>][] = [
  ['with the context', 200, undefined, { acrs: ['c1'] }],
  ['with the context among others', 200, undefined, { acrs: ['urn:user:registersecurityinfo', 'c1'] }],
  ['with the context, from a client that declares nothing', 200, undefined, { acrs: ['c1'], xms_cc: [] }],
  ['with another context', 401, 'insufficient_claims', { acrs: ['c2'], xms_cc: ['cp1'] }],
  ['with a context that begins like it', 401, 'insufficient_claims', { acrs: ['c11'], xms_cc: ['cp1'] }],
  ['without a context', 401, 'insufficient_claims', { xms_cc: ['cp1'] }],
  ['from a client that declares CP1', 401, 'insufficient_claims', { xms_cc: ['CP1'] }],
  ['from a client that declares more', 401, 'insufficient_claims', { xms_cc: ['protapp', 'cp1'] }],
  ['from a client that declares nothing', 403, 'step_up_unsupported', { acrs: ['c2'] }],
  ['from a client that declares another capability', 403, 'step_up_unsupported', { xms_cc: ['protapp'] }],
];

describe('a route that requires an authentication context', () => {
  test.each(rows)('a token %s is answered with %i', async (_title, status, code, changes) => {
    const response = await fetch(`${service.url}/notes`, {
      headers: { authorization: `Bearer ${forge.valid(changes)}` },
    });
    const body = bodySchema.parse(await response.json());
    expect(response.status).toBe(status);
    expect(body.code).toBe(code);
    const challenge =
      `Bearer authorization_uri="${authorityUrl}/oauth2/v2.0/authorize", ` +
      `error="insufficient_claims", claims="${claims}"`;
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? challenge : null);
    expect(body.claims).toBe(status === 401 ? claims : undefined);
  });
});

test.each([
  ['another problem', new Problem(problems.invalid_token)],
  ['an unexpected error', new Error('unexpected')],
])('%s stays as it is for a client that cannot act on challenges', (_title, error) => {
  expect(challengeFor({ claims: accessTokenClaimsSchema.parse(forge.claims()) }, error)).toBe(error);
});

import type { Request } from 'express';
import { z } from 'zod';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import { correlationId, type Parameters } from '../parameters.ts';
import { type Client, findClient } from '../scopes/client.ts';
import { checkResourceParameter, readConsentScopes } from '../scopes/requested-scopes.ts';
import { checkTenantSegment, readTenantSegment } from '../tenant-segment.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { findReturnAddress } from './redirect-uri.ts';

const requester = { clientId: z.guid(), correlationId: z.guid() };

const redirectSchema = z.object({
  ...requester,
  kind: z.literal('redirect'),
  /** `adminConsent` and `adminConsentV1`: an administrator consents for the organization, and no code is issued. */
  purpose: z.enum(['code', 'adminConsent', 'adminConsentV1']),
  redirectUri: z.string(),
  platform: z.enum(['spa', 'web', 'publicClient']),
  responseMode: z.enum(['query', 'fragment', 'form_post']),
  state: z.string().optional(),
});
/** A redirect URI, to which the browser takes the response. */
export type RedirectTo = z.infer<typeof redirectSchema>;

/** A device that polls the token endpoint, identified by its user code. */
const deviceSchema = z.object({ ...requester, kind: z.literal('device'), userCode: z.string() });

/** Where to send the response. Read before the rest of the request, because errors go there too. */
export const returnSchema = z.discriminatedUnion('kind', [redirectSchema, deviceSchema]);
export type ReturnTo = z.infer<typeof returnSchema>;

/** A valid authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1). */
export const authorizationRequestSchema = z.object({
  returnTo: returnSchema,
  scope: z.string(),
  nonce: z.string().optional(),
  prompt: z.enum(['none', 'login', 'select_account', 'consent']).optional(),
  loginHint: z.string().optional(),
  sessionId: z.string().optional(),
  claims: z.string().optional(),
  codeChallenge: z.string().optional(),
  codeChallengeMethod: z.enum(['S256', 'plain']),
  wantsClientInfo: z.boolean(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
});
export type AuthorizationRequest = z.infer<typeof authorizationRequestSchema>;

/**
 * Reads the client and where to send the response. Errors thrown here are shown to the user, never sent to a redirect
 * URI.
 *
 * @throws {EntraError} for an unknown tenant, client, redirect URI or response mode.
 */
export function readReturnTo(
  { directory }: EntraServices,
  request: Request,
  parameters: Parameters,
  purpose: RedirectTo['purpose'] = 'code',
): { client: Client; returnTo: RedirectTo } {
  const segment = readTenantSegment(String(request.params.tenant));
  const client = findClient(directory, parameters.get('client_id'));
  checkTenantSegment(segment, client);
  const address = findReturnAddress(client.application, parameters.get('redirect_uri'));
  const sentMode = parameters.get('response_mode') ?? 'query';
  const responseMode = redirectSchema.shape.responseMode.safeParse(sentMode);
  if (!responseMode.success) throw entraError(70007, [sentMode]);
  return {
    client,
    returnTo: {
      kind: 'redirect',
      purpose,
      clientId: client.application.appId,
      ...address,
      responseMode: responseMode.data,
      ...(parameters.get('state') !== undefined && { state: parameters.get('state') }),
      correlationId: correlationId(request),
    },
  };
}

/**
 * Reads the rest of the request. Errors thrown here are sent to the client.
 *
 * @throws {EntraError} for missing, unknown or unsupported parameters.
 */
export function readAuthorizationRequest(
  entra: EntraServices,
  client: Client,
  returnTo: RedirectTo,
  parameters: Parameters,
): AuthorizationRequest {
  checkNotImplemented(parameters);
  checkResponseType(client, parameters.get('response_type'));
  const scope = parameters.get('scope');
  if (scope === undefined) throw entraError(900144, ['scope']);
  const requested = readConsentScopes(entra.directory, client, scope);
  checkResourceParameter(
    requested.map(({ resource }) => resource),
    parameters.get('resource'),
  );
  readClaimsRequest(parameters.get('claims'));
  return {
    returnTo,
    scope,
    nonce: parameters.get('nonce'),
    prompt: readPrompt(parameters.get('prompt')),
    loginHint: parameters.get('login_hint'),
    sessionId: parameters.get('sid'),
    claims: parameters.get('claims'),
    ...readCodeChallenge(returnTo, parameters),
    wantsClientInfo: parameters.get('client_info') === '1',
    startedAt: entra.now().getTime(),
  };
}

/** Rejects parameters that would change the response in Entra ID. Ignoring them would give a wrong one. */
function checkNotImplemented(parameters: Parameters): void {
  if (parameters.get('p') !== undefined)
    throw entraError(90023, ['p'], { note: 'user flows of Azure AD B2C are not implemented here' });
  for (const name of ['request', 'request_uri']) {
    if (parameters.get(name) === undefined) continue;
    const note = 'request objects are not implemented here';
    throw entraError(90023, [name], { error: `${name}_not_supported`, note });
  }
}

function checkResponseType({ application }: Client, responseType: string | undefined): void {
  if (responseType === undefined) throw entraError(900144, ['response_type']);
  if (responseType === 'code') return;
  const types = responseType.split(' ');
  if (!types.every((type) => ['code', 'token', 'id_token'].includes(type)))
    throw entraError(70005, [responseType]);
  const { enableAccessTokenIssuance, enableIdTokenIssuance } = application.web.implicitGrantSettings;
  if (types.includes('token') && !enableAccessTokenIssuance) throw entraError(700051, []);
  if (types.includes('id_token') && !enableIdTokenIssuance) throw entraError(700054, []);
  throw entraError(70005, [responseType], { note: 'the implicit and hybrid flows are not implemented here' });
}

function readPrompt(sent: string | undefined): AuthorizationRequest['prompt'] {
  const prompt = authorizationRequestSchema.shape.prompt.safeParse(sent);
  if (prompt.success) return prompt.data;
  throw entraError(90023, ['prompt'], sent === 'create' ? { note: 'users cannot sign up here' } : {});
}

/** Reads the PKCE challenge (RFC 7636 §4.3). Single-page applications must send one, with S256. */
function readCodeChallenge({ platform }: RedirectTo, parameters: Parameters) {
  const codeChallenge = parameters.get('code_challenge');
  const sentMethod = parameters.get('code_challenge_method');
  const method = authorizationRequestSchema.shape.codeChallengeMethod.safeParse(sentMethod ?? 'plain');
  if (!method.success) throw entraError(90023, ['code_challenge_method']);
  if (platform === 'spa' && (codeChallenge === undefined || method.data !== 'S256'))
    throw entraError(9002325, []);
  if (codeChallenge !== undefined && !/^[A-Za-z0-9._~-]{43,128}$/.test(codeChallenge))
    throw entraError(501491, []);
  return { codeChallenge, codeChallengeMethod: method.data };
}

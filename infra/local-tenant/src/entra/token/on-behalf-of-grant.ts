import type { JWTPayload } from 'jose';
import { type AuthenticatedClient, requireProof } from '../client/client-authentication.ts';
import { type EntraServices, numericDate } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { revokedAt } from '../revocation.ts';
import { readScopes } from '../scopes/requested-scopes.ts';
import { type Authentication, authenticationSchema } from '../tokens/authentication.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { readOwnToken } from '../tokens/read-access-token.ts';
import { signedInUser } from './grant-checks.ts';
import { delegatedTokenResponse } from './token-response.ts';

/**
 * Exchanges an access token issued for this client for one that the client can use on behalf of the user ("Microsoft
 * identity platform and OAuth 2.0 On-Behalf-Of flow").
 */
export async function onBehalfOfGrant(
  entra: EntraServices,
  caller: AuthenticatedClient,
  parameters: Parameters,
): Promise<Record<string, unknown>> {
  requireProof(caller);
  const assertion = parameters.get('assertion');
  if (assertion === undefined) throw entraError(900144, ['assertion']);
  const tokenUse = parameters.get('requested_token_use');
  if (tokenUse === undefined) throw entraError(900144, ['requested_token_use']);
  if (tokenUse !== 'on_behalf_of') throw entraError(90023, ['requested_token_use']);
  const scope = parameters.get('scope');
  if (scope === undefined) throw entraError(900144, ['scope']);

  const authentication = await readAssertion(entra, caller, assertion);
  const user = signedInUser(entra, authentication.userId);
  if (revokedAt(entra.directory, authentication)) throw entraError(50133, []);

  const requested = readScopes(entra.directory, caller.client, scope);
  return delegatedTokenResponse(entra, parameters, {
    caller,
    user,
    authentication,
    requested,
    scope,
    claims: readClaimsRequest(parameters.get('claims')),
    refresh: requested.openId.has('offline_access') ? { platform: 'web' } : undefined,
  });
}

/** Returns the sign-in behind an assertion. Checks that it is a valid access token for this client. */
async function readAssertion(
  entra: EntraServices,
  { client }: AuthenticatedClient,
  assertion: string,
): Promise<Authentication> {
  const read = await readOwnToken(entra, assertion);
  if (read.outcome === 'malformed') throw entraError(50027, [], { error: 'invalid_grant' });
  if (read.outcome === 'wrongIssuer')
    throw entraError(50013, ['The token was issued by another tenant.', '']);
  if (read.outcome !== 'read') {
    const thumbprint = Buffer.from(read.keyId, 'base64url').toString('hex').toUpperCase();
    const reason =
      read.outcome === 'unknownKey'
        ? 'The key was not found.'
        : 'Key was found, but use of the key to verify the signature failed.';
    throw entraError(50013, [reason, thumbprint]);
  }
  checkTimes(entra, read.claims);
  checkAudience(read.claims, client);
  const { scp, aio } = read.claims;
  if (typeof scp !== 'string') {
    // ID tokens of this tenant have no `aio`.
    throw aio === undefined ? entraError(240002, []) : entraError(7000114, [client.application.appId]);
  }
  const authentication = entra.secrets.open('token-context', authenticationSchema, String(aio));
  if (!authentication) throw entraError(50133, []);
  return authentication;
}

function checkTimes({ now }: EntraServices, { exp = 0, nbf = 0 }: JWTPayload): void {
  const seconds = numericDate(now());
  if (seconds < exp && seconds >= nbf) return;
  throw entraError(500133, [now().toISOString(), new Date(exp * 1000).toISOString()]);
}

function checkAudience({ aud }: JWTPayload, { application }: AuthenticatedClient['client']): void {
  const { appId, displayName, identifierUris } = application;
  const audience = String(aud);
  if (![appId, ...identifierUris].some((accepted) => accepted === audience)) {
    throw entraError(500131, [audience, appId, displayName]);
  }
}

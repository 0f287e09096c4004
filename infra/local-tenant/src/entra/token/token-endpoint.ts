import type { Request, RequestHandler } from 'express';
import { authenticateClient } from '../client/client-authentication.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import { type Parameters, readParameters } from '../parameters.ts';
import { checkTenantSegment, readTenantSegment } from '../tenant-segment.ts';
import { authorizationCodeGrant } from './authorization-code-grant.ts';
import { clientCredentialsGrant } from './client-credentials-grant.ts';
import { deviceCodeGrant } from './device-code-grant.ts';
import { jsonEndpoint } from './json-endpoint.ts';
import { onBehalfOfGrant } from './on-behalf-of-grant.ts';
import { refreshTokenGrant } from './refresh-token-grant.ts';

/** Grants that the real service supports and this tenant does not. */
const notHere = new Map([
  [
    'password',
    'the resource owner password grant is not implemented here; users sign in on the sign-in page',
  ],
  ['urn:ietf:params:oauth:grant-type:saml2-bearer', 'SAML assertions are not implemented here'],
]);

/** Serves `POST /{tenant}/oauth2/v2.0/token` (RFC 6749 §3.2). */
export const tokenEndpoint = (entra: EntraServices): RequestHandler =>
  jsonEndpoint(entra, 'token', (request) => answer(entra, request));

/** Rejects parameters that request another kind of token: a bearer token would be a wrong response. */
function checkNotImplemented(parameters: Parameters): void {
  const tokenType = parameters.get('token_type');
  if (tokenType !== undefined && tokenType.toLowerCase() !== 'bearer') {
    throw entraError(90023, ['token_type'], {
      note: 'tokens that are bound to a key or certificate are not implemented here',
    });
  }
  if (parameters.get('requested_token_type') !== undefined) {
    throw entraError(90023, ['requested_token_type'], { note: 'SAML assertions are not implemented here' });
  }
}

async function answer(entra: EntraServices, request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') throw entraError(900561, [request.method]);
  const segment = readTenantSegment(String(request.params.tenant));
  const parameters = readParameters(request);
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw entraError(900144, ['grant_type']);
  checkNotImplemented(parameters);

  const caller = await authenticateClient(entra, request, parameters);
  checkTenantSegment(segment, caller.client);
  const origin = request.get('origin');
  const { requests } = entra;
  switch (grantType) {
    case 'authorization_code':
      requests.authorization_code++;
      return authorizationCodeGrant(entra, caller, parameters, origin);
    case 'refresh_token':
      requests.refresh_token++;
      return refreshTokenGrant(entra, caller, parameters, origin);
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      requests.on_behalf_of++;
      return onBehalfOfGrant(entra, caller, parameters);
    case 'client_credentials':
      requests.client_credentials++;
      if (segment !== 'tenant') throw entraError(50059, []);
      return clientCredentialsGrant(entra, caller, parameters);
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code':
      requests.device_code++;
      return deviceCodeGrant(entra, caller, parameters);
    default:
      throw entraError(70003, [grantType], { note: notHere.get(grantType) });
  }
}

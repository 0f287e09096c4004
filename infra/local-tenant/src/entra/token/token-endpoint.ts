import type { Request, RequestHandler } from 'express';
import { authenticateClient } from '../client/client-authentication.ts';
import type { EntraServices } from '../entra-services.ts';
import { EntraError, entraError } from '../errors/entra-error.ts';
import { errorBody, traceError } from '../errors/error-answer.ts';
import { correlationId, readParameters } from '../parameters.ts';
import { checkTenantSegment, readTenantSegment } from '../tenant-segment.ts';
import { authorizationCodeGrant } from './authorization-code-grant.ts';
import { clientCredentialsGrant } from './client-credentials-grant.ts';
import { onBehalfOfGrant } from './on-behalf-of-grant.ts';
import { refreshTokenGrant } from './refresh-token-grant.ts';

/** Grants that the real service takes and this tenant does not. */
const notHere = new Map([
  [
    'password',
    'the resource owner password grant is not implemented here; people sign in on the sign-in page',
  ],
  ['urn:ietf:params:oauth:grant-type:device_code', 'the device code flow is not implemented here'],
  ['device_code', 'the device code flow is not implemented here'],
  ['urn:ietf:params:oauth:grant-type:saml2-bearer', 'SAML assertions are not implemented here'],
]);

/** `POST /{tenant}/oauth2/v2.0/token` (RFC 6749 §3.2). */
export function tokenEndpoint(entra: EntraServices): RequestHandler {
  return async (request, response) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    const trace = traceError(correlationId(request), entra.now());
    response.set('x-ms-request-id', trace.traceId);
    try {
      response.json(await answer(entra, request));
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      entra.log({
        type: 'error',
        endpoint: 'token',
        number: error.number,
        correlationId: trace.correlationId,
      });
      response.status(error.status).json(errorBody(error, trace));
    }
  };
}

async function answer(entra: EntraServices, request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') throw entraError(900561, [request.method]);
  const segment = readTenantSegment(String(request.params.tenant));
  const parameters = readParameters(request);
  const grantType = parameters.get('grant_type');
  if (grantType === undefined) throw entraError(900144, ['grant_type']);

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
    default: {
      const note = notHere.get(grantType);
      throw entraError(70003, [grantType], note === undefined ? {} : { note });
    }
  }
}

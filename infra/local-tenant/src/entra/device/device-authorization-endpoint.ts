import type { Request, RequestHandler } from 'express';
import { authenticateClient } from '../client/client-authentication.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import { readParameters } from '../parameters.ts';
import { checkResourceParameter, readConsentScopes } from '../scopes/requested-scopes.ts';
import { checkTenantSegment, readTenantSegment } from '../tenant-segment.ts';
import { jsonEndpoint } from '../token/json-endpoint.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';

/** Serves `POST /{tenant}/oauth2/v2.0/devicecode` (RFC 8628 §3.1, "OAuth 2.0 device authorization grant"). */
export const deviceAuthorizationEndpoint = (entra: EntraServices): RequestHandler =>
  jsonEndpoint(entra, 'devicecode', (request) => authorizeDevice(entra, request));

async function authorizeDevice(entra: EntraServices, request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') throw entraError(900561, [request.method]);
  const segment = readTenantSegment(String(request.params.tenant));
  const parameters = readParameters(request);
  const { client } = await authenticateClient(entra, request, parameters);
  checkTenantSegment(segment, client);
  const scope = parameters.get('scope');
  if (scope === undefined) throw entraError(900144, ['scope']);
  const requested = readConsentScopes(entra.directory, client, scope);
  checkResourceParameter(
    requested.map(({ resource }) => resource),
    parameters.get('resource'),
  );
  const claims = parameters.get('claims');
  readClaimsRequest(claims);

  const now = entra.now();
  const expiresIn = entra.lifetimes.deviceCode;
  const { deviceCode, userCode } = entra.deviceCodes.issue(
    {
      clientId: client.application.appId,
      scope,
      claims,
      expiresAt: new Date(now.getTime() + expiresIn * 1000),
    },
    now,
  );
  const verificationUri = `${entra.signInUrl}/devicelogin`;
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: verificationUri,
    expires_in: expiresIn,
    interval: entra.lifetimes.devicePolling,
    message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${userCode} to authenticate.`,
  };
}

import { type AuthenticatedClient, requireProof } from '../client/client-authentication.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import type { Parameters } from '../parameters.ts';
import { checkNotRevoked } from '../revocation.ts';
import { readOpenIdScopes, readScopes } from '../scopes/requested-scopes.ts';
import { readClaimsRequest } from '../tokens/claims-request.ts';
import { signedInUser } from './grant-checks.ts';
import { delegatedTokenResponse } from './token-response.ts';

/**
 * Exchanges a device code for tokens after the user has signed in elsewhere (RFC 8628 §3.4, "OAuth 2.0 device
 * authorization grant"). Rejects polls before that with 70016.
 */
export async function deviceCodeGrant(
  entra: EntraServices,
  caller: AuthenticatedClient,
  parameters: Parameters,
): Promise<Record<string, unknown>> {
  const { application } = caller.client;
  if (application.isFallbackPublicClient !== true) requireProof(caller);
  const deviceCode = parameters.get('device_code');
  if (deviceCode === undefined) throw entraError(900144, ['device_code']);
  const device = entra.deviceCodes.findByDeviceCode(deviceCode);
  if (device?.clientId !== application.appId || device.progress === 'redeemed') throw entraError(70018, []);
  if (device.progress === 'declined') throw entraError(70018, [], { error: 'authorization_declined' });
  if (device.expiresAt <= entra.now()) throw entraError(70020, []);
  if (!device.authentication) throw entraError(70016, []);

  const { authentication } = device;
  const user = signedInUser(entra, authentication.userId);
  checkNotRevoked(entra, authentication);
  const scope = parameters.get('scope') ?? device.scope;
  const answer = await delegatedTokenResponse(entra, parameters, {
    caller,
    user,
    authentication,
    requested: readScopes(entra.directory, caller.client, scope),
    scope,
    claims:
      parameters.get('claims') === undefined
        ? readClaimsRequest(device.claims)
        : readClaimsRequest(parameters.get('claims')),
    refresh: readOpenIdScopes(device.scope).has('offline_access') ? { platform: 'publicClient' } : undefined,
  });
  device.progress = 'redeemed';
  return answer;
}

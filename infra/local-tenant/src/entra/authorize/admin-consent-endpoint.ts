import type { RequestHandler } from 'express';
import type { EntraServices } from '../entra-services.ts';
import { EntraError, entraError } from '../errors/entra-error.ts';
import { readParameters } from '../parameters.ts';
import type { Client } from '../scopes/client.ts';
import { readConsentScopes } from '../scopes/requested-scopes.ts';
import { type RedirectTo, readReturnTo } from './authorization-request.ts';
import { startSignIn } from './continue-sign-in.ts';
import { sendErrorToClient } from './send-to-client.ts';

/**
 * Serves `GET /{tenant}/v2.0/adminconsent` ("Admin consent on the Microsoft identity platform") and `GET
 * /{tenant}/adminconsent` ("OAuth 2.0 client credentials flow"), which requests every registered permission.
 */
export function adminConsentEndpoint(
  entra: EntraServices,
  purpose: Exclude<RedirectTo['purpose'], 'code'>,
): RequestHandler {
  return (request, response) => {
    const parameters = readParameters(request);
    const { client, returnTo } = readReturnTo(entra, request, parameters, purpose);
    const scope = purpose === 'adminConsent' ? parameters.get('scope') : allThatIsRegistered(client);
    try {
      if (scope === undefined) throw entraError(900144, ['scope']);
      readConsentScopes(entra.directory, client, scope);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      return sendErrorToClient(entra, response, returnTo, error);
    }
    startSignIn(entra, request, response, {
      returnTo,
      scope,
      codeChallengeMethod: 'plain',
      wantsClientInfo: false,
      startedAt: entra.now().getTime(),
    });
  };
}

/** Returns a scope that stands for every registered permission: `/.default` of any registered resource. */
function allThatIsRegistered({ application }: Client): string {
  const [first] = application.requiredResourceAccess;
  return first ? `${first.resourceAppId}/.default` : 'openid';
}

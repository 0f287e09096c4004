import type { RequestHandler } from 'express';
import type { EntraServices } from '../entra-services.ts';
import { EntraError } from '../errors/entra-error.ts';
import { readParameters } from '../parameters.ts';
import {
  type AuthorizationRequest,
  readAuthorizationRequest,
  readReturnTo,
} from './authorization-request.ts';
import { startSignIn } from './continue-sign-in.ts';
import { sendErrorToClient } from './send-to-client.ts';

/** Serves `GET` and `POST /{tenant}/oauth2/v2.0/authorize` (RFC 6749 §3.1). Errors thrown here are shown as a page. */
export function authorizeEndpoint(entra: EntraServices): RequestHandler {
  return (request, response) => {
    const parameters = readParameters(request);
    const { client, returnTo } = readReturnTo(entra, request, parameters);
    let authorizationRequest: AuthorizationRequest;
    try {
      authorizationRequest = readAuthorizationRequest(entra, client, returnTo, parameters);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      return sendErrorToClient(entra, response, returnTo, error);
    }
    startSignIn(entra, request, response, authorizationRequest);
  };
}

import express, { type ErrorRequestHandler, type Router } from 'express';
import { observe, observeError } from '../control-room/observed.ts';
import { adminConsentEndpoint } from './authorize/admin-consent-endpoint.ts';
import { authorizeEndpoint } from './authorize/authorize-endpoint.ts';
import {
  accountForm,
  consentForm,
  deviceForm,
  oneTimeCodeForm,
  passwordForm,
  signInForm,
} from './authorize/sign-in-forms.ts';
import { deviceAuthorizationEndpoint } from './device/device-authorization-endpoint.ts';
import { deviceCodeForm, showDeviceCodeForm } from './device/device-code-form.ts';
import { discoveryDocument, keySet } from './discovery.ts';
import type { EntraServices } from './entra-services.ts';
import { EntraError } from './errors/entra-error.ts';
import { errorBody, logError, traceError } from './errors/error-response.ts';
import { logoutEndpoint } from './logout-endpoint.ts';
import { notImplemented } from './not-implemented.ts';
import { errorPage } from './pages/error-page.ts';
import { sendPage } from './pages/page.ts';
import { correlationId, formBody } from './parameters.ts';
import { tokenCors } from './token/token-cors.ts';
import { tokenEndpoint } from './token/token-endpoint.ts';

/** Creates the endpoints of Microsoft Entra ID under `/{tenant}`. */
export function createEntra(entra: EntraServices): Router {
  const router = express.Router({ mergeParams: true });
  router.get('/v2.0/.well-known/openid-configuration', discoveryDocument(entra));
  router.get('/discovery/v2.0/keys', keySet(entra));
  router.use(['/v2.0/.well-known', '/discovery'], jsonErrors(entra));

  router.all('/oauth2/v2.0/token', tokenCors(entra), formBody, tokenEndpoint(entra));
  router.all('/oauth2/v2.0/devicecode', formBody, deviceAuthorizationEndpoint(entra));

  router.use(formBody);
  router.route('/oauth2/v2.0/authorize').get(authorizeEndpoint(entra)).post(authorizeEndpoint(entra));
  router.route('/oauth2/v2.0/logout').get(logoutEndpoint(entra)).post(logoutEndpoint(entra));
  router.get('/v2.0/adminconsent', adminConsentEndpoint(entra, 'adminConsent'));
  router.get('/adminconsent', adminConsentEndpoint(entra, 'adminConsentV1'));
  router.route('/oauth2/deviceauth').get(showDeviceCodeForm).post(deviceCodeForm(entra));
  router.post('/sign-in/account', signInForm(entra, accountForm));
  router.post('/sign-in/password', signInForm(entra, passwordForm));
  router.post('/sign-in/one-time-code', signInForm(entra, oneTimeCodeForm));
  router.post('/sign-in/consent', signInForm(entra, consentForm));
  router.post('/sign-in/device', signInForm(entra, deviceForm));
  router.use(notImplemented);
  router.use(pageErrors(entra));
  return router;
}

const jsonErrors =
  (entra: EntraServices): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (!(error instanceof EntraError)) return next(error);
    observeError(response, error);
    response.status(error.status).json(errorBody(error, traceError(correlationId(request), entra.now())));
  };

const pageErrors =
  (entra: EntraServices): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (!(error instanceof EntraError)) return next(error);
    const trace = traceError(correlationId(request), entra.now());
    logError(entra, 'authorize', error.number, trace.correlationId);
    observe(response, { correlationId: trace.correlationId });
    observeError(response, error);
    sendPage(response, error.status, errorPage(error, trace));
  };

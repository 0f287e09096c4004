import type { Request, RequestHandler, Response } from 'express';
import { observe } from '../../control-room/observed.ts';
import { tenant } from '../../directory/directory.ts';
import { startSignIn } from '../authorize/continue-sign-in.ts';
import type { EntraServices } from '../entra-services.ts';
import type { ErrorNumber } from '../errors/entra-error.ts';
import { logError } from '../errors/error-response.ts';
import { deviceCodePage } from '../pages/device-pages.ts';
import { sendPage } from '../pages/page.ts';
import { correlationId, readParameters } from '../parameters.ts';
import type { DeviceAuthorization } from './device-codes.ts';

const base = `/${tenant.id}`;

/** Serves `GET /{tenant}/oauth2/deviceauth`: the page on which a user types a device's code. */
export const showDeviceCodeForm: RequestHandler = (_request, response) =>
  sendPage(response, 200, deviceCodePage(base));

/** Handles the form on that page: starts a sign-in for the device, or shows what is wrong with the code. */
export function deviceCodeForm(entra: EntraServices): RequestHandler {
  return (request, response) => {
    const typed = readParameters(request).get('user_code') ?? '';
    const found = entra.deviceCodes.findByUserCode(typed);
    const number = errorNumber(entra, typed, found);
    if (found && number === undefined) {
      signInForDevice(entra, request, response, found);
      return;
    }
    const shown = number ?? 70018;
    logError(entra, 'deviceauth', shown, correlationId(request));
    observe(response, { error: { number: shown, text: texts[shown] } });
    sendPage(response, 200, deviceCodePage(base, typed, { number: shown, text: texts[shown] }));
  };
}

const texts = {
  90119: 'Enter the code that your device shows.',
  70018: 'That code didn’t work. Check the code and try again.',
  70019: 'That code has expired. Start again on your device.',
  90120: 'That code was used already. Start again on your device.',
} satisfies Partial<Record<ErrorNumber, string>>;

function errorNumber(
  { now }: EntraServices,
  typed: string,
  found: DeviceAuthorization | undefined,
): keyof typeof texts | undefined {
  if (typed.trim() === '') return 90119;
  if (!found) return 70018;
  if (found.expiresAt <= now()) return 70019;
  return found.progress === 'pending' ? undefined : 90120;
}

function signInForDevice(
  entra: EntraServices,
  request: Request,
  response: Response,
  { clientId, userCode, scope, claims }: DeviceAuthorization,
): void {
  startSignIn(entra, request, response, {
    returnTo: { kind: 'device', clientId, userCode, correlationId: correlationId(request) },
    scope,
    claims,
    // The user of this browser may not be the one who wants to sign in on the device.
    prompt: 'select_account',
    codeChallengeMethod: 'plain',
    wantsClientInfo: false,
    startedAt: entra.now().getTime(),
  });
}

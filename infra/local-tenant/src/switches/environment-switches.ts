import { z } from 'zod';
import type { EntraServices } from '../entra/entra-services.ts';
import { resetTenant } from './reset.ts';
import { defineSwitch, noBody, noContent, notFound, type Switch, SwitchError } from './switch.ts';

const tenYears = 10 * 365 * 86_400;
const seconds = z.int().min(0).max(tenYears);

/** Switches for keys, time, the services beside the tenant, and everything at once. */
export const environmentSwitches: readonly Switch[] = [
  defineSwitch(
    {
      request: 'POST /signing-keys',
      group: 'Signing keys',
      name: 'Sign with a new key',
      causes: 'APIs see a key ID that they do not know, and fetch the keys again. Older tokens stay valid.',
      undo: 'Not needed. A real tenant does it too, without notice.',
      survivesRestart: true,
    },
    noBody,
    async ({ signingKeys }) => {
      await signingKeys.rotate();
      return { status: 201, body: keysOf(signingKeys) };
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /signing-keys',
      group: 'Signing keys',
      name: 'Withdraw every key except the newest',
      causes:
        'Tokens signed with the other keys are invalid. An exchange of one is rejected with AADSTS50013.',
      undo: 'Publish the withdrawn keys again.',
      survivesRestart: true,
    },
    noBody,
    ({ signingKeys }) => {
      signingKeys.withdraw();
      return { status: 200, body: keysOf(signingKeys) };
    },
  ),
  defineSwitch(
    {
      request: 'DELETE /signing-keys/withdrawal',
      group: 'Signing keys',
      name: 'Publish the withdrawn keys again',
      causes: 'Tokens signed with them are valid again. The newest key still signs.',
      undo: 'Withdraw the keys.',
      survivesRestart: true,
    },
    noBody,
    ({ signingKeys }) => {
      signingKeys.publishWithdrawn();
      return { status: 200, body: keysOf(signingKeys) };
    },
  ),
  defineSwitch(
    {
      request: 'PATCH /lifetimes',
      group: 'Time',
      name: 'Change lifetimes',
      causes: 'What is issued from now on expires earlier or later. Earlier tokens keep their expiry.',
      undo: 'Set the default.',
      survivesRestart: false,
    },
    z
      .strictObject({
        accessToken: seconds,
        renewal: seconds.nullable(),
        refreshToken: seconds,
        spaRefreshToken: seconds,
        authorizationCode: seconds,
        deviceCode: seconds,
        devicePolling: seconds,
        session: seconds,
      })
      .partial(),
    ({ lifetimes }, changes) => ({ status: 200, body: Object.assign(lifetimes, changes) }),
  ),
  defineSwitch(
    {
      request: 'PUT /clock',
      group: 'Time',
      name: 'Set the clock',
      causes:
        'Whatever has expired by then becomes invalid immediately. APIs keep their own clock, and reject tokens that the tenant issues while it is ahead.',
      undo: 'Set it to 0 seconds ahead.',
      survivesRestart: false,
    },
    z.strictObject({ ahead: z.int().min(-tenYears).max(tenYears) }),
    (entra, { ahead }) => {
      entra.clock.ahead = ahead;
      return { status: 200, body: { now: entra.now() } };
    },
  ),
  defineSwitch(
    {
      request: 'PUT /graph-throttling',
      group: 'Services',
      name: 'Throttle Microsoft Graph',
      causes: 'Microsoft Graph answers 429 with Retry-After, for this number of seconds.',
      undo: 'Set it to 0 seconds, or wait.',
      survivesRestart: false,
    },
    z.strictObject({ seconds: z.int().min(0).max(86_400) }),
    (entra, body) => {
      entra.graphThrottling.until = body.seconds === 0 ? 0 : entra.now().getTime() + body.seconds * 1000;
      return { status: 200, body };
    },
  ),
  defineSwitch(
    {
      request: 'PUT /services/{service}',
      group: 'Services',
      name: 'Stop or start a service',
      causes:
        'Connections to a stopped service fail. Only what start runs can be stopped, because it runs beside the tenant.',
      undo: 'Start the service.',
      survivesRestart: false,
    },
    z.strictObject({ isRunning: z.boolean() }),
    ({ services }, body, { service = '' }) => {
      if (!services) throw new SwitchError(409, 'unavailable', noServices);
      if (!services.list().some(({ name }) => name === service)) throw notFound('Service');
      services.setRunning(service, body.isRunning);
      return { status: 202, body };
    },
  ),
  defineSwitch(
    {
      request: 'POST /reset',
      group: 'Everything',
      name: 'Reset everything',
      causes:
        'Every switch returns to its default, every user is signed out, every consent is withdrawn, and calendars are emptied. The applications stay registered.',
      undo: 'Sign in again, and consent.',
      survivesRestart: true,
    },
    noBody,
    (entra) => {
      resetTenant(entra);
      return noContent;
    },
  ),
];

/** Says why services cannot be stopped. */
export const noServices =
  'The local tenant was not started by start, so it cannot stop or start other services.';

function keysOf(signingKeys: EntraServices['signingKeys']): { signsWith: string; published: unknown[] } {
  return {
    signsWith: signingKeys.current().kid,
    published: signingKeys.published().map(({ kid }) => kid),
  };
}

import { z } from 'zod';
import { observe } from '../../control-room/observed.ts';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import { authorizationRequestSchema } from './authorization-request.ts';

/** The state of a sign-in. The pages' forms contain it, sealed. */
export const signInFlowSchema = z.object({
  request: authorizationRequestSchema,
  /** The account that the user chose. */
  userId: z.guid().optional(),
  /** The permissions that the consent page listed. Accepting it grants no others. */
  listed: z.array(z.string()).default([]),
  /** Whether the user accepted the consent page. */
  consented: z.boolean().default(false),
  /** Whether the user confirmed that the waiting device is theirs. */
  confirmed: z.boolean().default(false),
  /** The one-time code that the page for the second factor shows. */
  oneTimeCode: z.string().optional(),
  /** The browser that the pages were made for. Forms from another one are rejected (cross-site request forgery). */
  browserId: z.string(),
});
export type SignInFlow = z.infer<typeof signInFlowSchema>;

/** Tells the recorder whose sign-in this is. */
export function observeFlow(response: object, { request, userId }: SignInFlow): void {
  const { correlationId, clientId } = request.returnTo;
  observe(response, { correlationId, clientId, userId, scope: request.scope });
}

const lifetimeMs = 60 * 60 * 1000;

/**
 * Opens the flow in a posted form.
 *
 * @throws {EntraError} 165000 if it was not made for this browser, 50089 if it is over an hour old.
 */
export function openFlow(
  entra: EntraServices,
  sealed: string | undefined,
  browserId: string | undefined,
): SignInFlow {
  if (sealed === undefined) throw entraError(165000, ['Token was not provided']);
  const flow = entra.secrets.open('sign-in', signInFlowSchema, sealed);
  if (!flow || flow.browserId !== browserId) throw entraError(165000, ['Token is invalid']);
  if (flow.request.startedAt + lifetimeMs < entra.now().getTime()) throw entraError(50089, []);
  return flow;
}

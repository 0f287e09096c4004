import { z } from 'zod';
import type { EntraServices } from '../entra-services.ts';
import { entraError } from '../errors/entra-error.ts';
import { authorizationRequestSchema } from './authorization-request.ts';

/** What is known of a sign-in under way. It travels, sealed, in the pages' forms. */
export const signInFlowSchema = z.object({
  request: authorizationRequestSchema,
  /** Whom the user chose to be. */
  userId: z.guid().optional(),
  /** What the consent page listed: no more than that is granted when it comes back. */
  listed: z.array(z.string()).default([]),
  /** The consent page of this sign-in has been accepted. */
  consented: z.boolean().default(false),
  /** The user said that the device which waits is theirs. */
  confirmed: z.boolean().default(false),
  /** Browser the pages were made for: nobody else's form is taken (cross-site request forgery). */
  browserId: z.string(),
});
export type SignInFlow = z.infer<typeof signInFlowSchema>;

const lifetimeMs = 60 * 60 * 1000;

/**
 * Opens the flow that a form brought back.
 *
 * @throws {EntraError} 165000 when it was not made for this browser, 50089 when it is over an hour old.
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

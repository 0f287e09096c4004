import { z } from 'zod';
import type { GraphClient } from './graph-client.ts';
import { GraphRequestError } from './graph-error.ts';

/** The authentication context that the downstream API demands by default (`STEP_UP_CONTEXT`). */
export const stepUpContext = 'c1';

/**
 * What the tenant knows about an authentication context. `unpublished`: it exists, and no app may use it. `unreadable`:
 * Graph does not tell, mostly because the account may not read it.
 */
export type AuthenticationContextState = 'published' | 'unpublished' | 'missing' | 'unreadable';

const contextSchema = z.object({ isAvailable: z.boolean().nullable().default(null) });

/**
 * Reads whether an authentication context exists and is published ("Get authenticationContextClassReference"). Azure CLI
 * may not read it: that needs a token with `AuthenticationContext.Read.All`, of a Security Reader or a more privileged
 * role.
 *
 * @param id From `c1` to `c99`.
 */
export async function readAuthenticationContext(
  graph: GraphClient,
  id: string,
): Promise<AuthenticationContextState> {
  try {
    const found = await graph.find(`/identity/conditionalAccess/authenticationContextClassReferences/${id}`);
    if (found === null) return 'missing';
    return contextSchema.parse(found).isAvailable ? 'published' : 'unpublished';
  } catch (error) {
    if (error instanceof GraphRequestError) return 'unreadable';
    throw error;
  }
}

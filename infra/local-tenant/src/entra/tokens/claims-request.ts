import { z } from 'zod';
import { entraError } from '../errors/entra-error.ts';

const entrySchema = z
  .object({
    essential: z.boolean().optional(),
    value: z.string().optional(),
    values: z.array(z.string()).optional(),
  })
  .nullable();

const claimsSchema = z
  .object({
    access_token: z.record(z.string(), entrySchema).optional(),
    id_token: z.record(z.string(), entrySchema).optional(),
  })
  .loose();

/** The parsed `claims` parameter (OpenID Connect Core §5.5), reduced to what Entra acts on. */
export interface ClaimsRequest {
  /** Whether the client handles claims challenges: `xms_cc` contains `cp1`. */
  handlesClaimsChallenges: boolean;
  /** IDs of Conditional Access policies that must be satisfied (`capolids`). */
  policyIds: readonly string[];
  /** Authentication contexts that must be satisfied (`acrs`). */
  contexts: readonly string[];
  /** Names of claims to put into the ID token. */
  idToken: ReadonlySet<string>;
}

/**
 * Reads the `claims` parameter. MSAL sends one with every request, with ID token claims only.
 *
 * @throws {EntraError} 9000410 if it is not JSON of that shape.
 */
export function readClaimsRequest(parameter: string | undefined): ClaimsRequest {
  const claims = parseClaims(parameter);
  const required = (name: string): readonly string[] => {
    const entry = claims.access_token?.[name];
    return [...(entry?.values ?? []), ...(entry?.value === undefined ? [] : [entry.value])];
  };
  return {
    handlesClaimsChallenges: required('xms_cc').some((value) => value.toLowerCase() === 'cp1'),
    policyIds: required('capolids'),
    contexts: required('acrs'),
    idToken: new Set(Object.keys(claims.id_token ?? {})),
  };
}

function parseClaims(parameter: string | undefined): z.infer<typeof claimsSchema> {
  if (parameter === undefined || parameter === '') return {};
  try {
    return claimsSchema.parse(JSON.parse(parameter));
  } catch {
    throw entraError(9000410, []);
  }
}

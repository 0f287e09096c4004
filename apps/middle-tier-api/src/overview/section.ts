import { onBehalfOfProblems } from '@obo/on-behalf-of';
import { describeError, requestContext } from '@obo/service-defaults/observability';
import {
  Problem,
  type ProblemBody,
  problemBody,
  problemSchema,
  problems,
} from '@obo/service-defaults/problems';
import { z } from 'zod';

/** What the user must do before a section can be read. */
const challengeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('consent'), scopes: z.array(z.string()) }),
  z.object({ kind: z.literal('claims'), claims: z.string().meta({ description: 'Base64 JSON' }) }),
  z.object({ kind: z.literal('sign_in') }),
]);
type Challenge = z.infer<typeof challengeSchema>;

/** Creates the schema of a section with this data. */
export const sectionSchema = <Data extends z.ZodType>(data: Data) =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), data }),
    z.object({ state: z.literal('unavailable'), problem: problemSchema }),
    z.object({ state: z.literal('action_required'), problem: problemSchema, challenge: challengeSchema }),
  ]);

/** A part of the overview with its own state, so that the failure of one source never hides the data of another. */
type Section =
  | { state: 'ok'; data: unknown }
  | { state: 'unavailable'; problem: ProblemBody }
  | { state: 'action_required'; problem: ProblemBody; challenge: Challenge };

/** A section that was read, and the problem if it could not be. */
export interface ReadSection {
  name: string;
  section: Section;
  problem?: Problem;
}

/**
 * Waits for the data of a section and turns a failure into the section's state.
 *
 * @throws only if the caller has gone away.
 */
export async function readSection(name: string, source: Promise<unknown>): Promise<ReadSection> {
  try {
    return { name, section: { state: 'ok', data: await source } };
  } catch (error) {
    const { correlationId, signal } = requestContext();
    signal.throwIfAborted();
    const problem = error instanceof Problem ? error : new Problem(problems.internal_error, { cause: error });
    const body = problemBody(problem, correlationId);
    const challenge = challengeOf(problem);
    const section: Section = challenge
      ? { state: 'action_required', problem: body, challenge }
      : { state: 'unavailable', problem: body };
    return { name, section, problem };
  }
}

/** Returns the sections as the response has them. */
export const bodyOf = (sections: readonly ReadSection[]) =>
  Object.fromEntries(sections.map(({ name, section }) => [name, section]));

/** Tells whether trying again would fail for the same reason. */
export const isFinal = ({ status, code }: Problem): boolean =>
  status < 500 || code === onBehalfOfProblems.identity_configuration.code;

/** Logs why sections could not be read. */
export function logUnavailable(sections: readonly ReadSection[]): void {
  const { logger } = requestContext();
  for (const { name, problem } of sections)
    if (problem)
      logger.warn(
        { section: name, error: describeError(problem), code: problem.code },
        'overview section unavailable',
      );
}

function challengeOf({ code, extensions }: Problem): Challenge | undefined {
  if (code === 'consent_required')
    return challengeSchema.parse({ kind: 'consent', scopes: extensions.scopes });
  if (code === 'insufficient_claims')
    return challengeSchema.parse({ kind: 'claims', claims: extensions.claims });
  return code === 'invalid_token' ? { kind: 'sign_in' } : undefined;
}

import { describeError, requestContext } from '@obo/service-defaults/observability';
import { Problem, type ProblemBody, problemBody, problems } from '@obo/service-defaults/problems';
import { z } from 'zod';

const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  correlationId: z.string(),
});

/** What the person must do before a section can be had. */
const challengeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('consent'), scopes: z.array(z.string()) }),
  z.object({ kind: z.literal('claims'), claims: z.string().meta({ description: 'Base64 JSON' }) }),
]);
export type Challenge = z.infer<typeof challengeSchema>;

/** The schema of a section that holds such data. */
export const sectionSchema = <Data extends z.ZodType>(data: Data) =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('ok'), data }),
    z.object({ state: z.literal('unavailable'), problem: problemSchema }),
    z.object({ state: z.literal('action_required'), problem: problemSchema, challenge: challengeSchema }),
  ]);

/** A part of an aggregated answer, with its own state: one source's failure never hides another's data. */
export type Section<Data> =
  | { state: 'ok'; data: Data }
  | { state: 'unavailable'; problem: ProblemBody }
  | { state: 'action_required'; problem: ProblemBody; challenge: Challenge };

/** A section, and the problem behind it if it is not whole. */
export interface SettledSection<Data> {
  section: Section<Data>;
  problem: Problem | undefined;
}

/** Waits for a source and says how it went. Rejects only when the caller has gone away. */
export async function settleSection<Data>(source: Promise<Data>): Promise<SettledSection<Data>> {
  try {
    return { section: { state: 'ok', data: await source }, problem: undefined };
  } catch (error) {
    const { logger, correlationId, signal } = requestContext();
    signal.throwIfAborted();
    const problem = error instanceof Problem ? error : new Problem(problems.internal_error, { cause: error });
    logger.warn({ error: describeError(problem), code: problem.code }, 'section is not whole');
    const body = problemBody(problem, correlationId);
    const challenge = challengeOf(problem);
    const section: Section<Data> = challenge
      ? { state: 'action_required', problem: body, challenge }
      : { state: 'unavailable', problem: body };
    return { section, problem };
  }
}

function challengeOf({ code, extensions }: Problem): Challenge | undefined {
  if (code === 'consent_required')
    return challengeSchema.parse({ kind: 'consent', scopes: extensions.scopes });
  if (code === 'insufficient_claims')
    return challengeSchema.parse({ kind: 'claims', claims: extensions.claims });
  return undefined;
}

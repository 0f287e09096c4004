import { z } from '../configuration/zod.ts';
import type { Challenge } from '../sign-in/challenge.ts';
import { insufficientClaims } from './www-authenticate.ts';

/** A problem object (RFC 9457, section 3) as our APIs write it; members it does not name are dropped. */
export const problemSchema = z.object({
  title: z.string(),
  status: z.int(),
  /** Stable, snake_case; decide by this one. */
  code: z.string(),
  detail: z.optional(z.string()),
  correlationId: z.optional(z.string()),
  /** Which members of the body are wrong. */
  errors: z.optional(z.array(z.object({ member: z.string(), message: z.string() }))),
  /** What to ask consent for, with `consent_required`. */
  scopes: z.optional(z.array(z.string())),
});

export type Problem = z.output<typeof problemSchema>;

/** The middle tier did not do what was asked: it answered with a problem, with something else, or not at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;
  /** What the person can give the API so that it can; `null` if nothing. */
  readonly challenge: Challenge | null;

  constructor(problem: Problem, challenge: Challenge | null = null, options?: ErrorOptions) {
    super(problem.detail ?? problem.title, options);
    this.problem = problem;
    this.challenge = challenge;
  }
}

/** Reads an answer that is not a success. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) return unexpectedAnswer(response);
  return new ApiProblem(parsed.data, challengeOf(parsed.data, response.headers.get('WWW-Authenticate')));
}

/** The API answered, but not as its contract says. */
export function unexpectedAnswer(response: Response, cause?: unknown): ApiProblem {
  const correlationId = response.headers.get('x-correlation-id');
  return new ApiProblem(
    {
      title: 'The answer could not be read',
      status: response.status,
      code: 'unexpected_answer',
      detail: 'The middle-tier API answered with something this app does not understand.',
      ...(correlationId ? { correlationId } : {}),
    },
    null,
    { cause },
  );
}

/** No answer came: offline, blocked, or too late. */
export function noAnswer(cause: unknown): ApiProblem {
  return new ApiProblem(
    {
      title: 'The middle-tier API did not answer',
      status: 0,
      code: 'no_answer',
      detail: 'Check your connection and try again.',
    },
    null,
    { cause },
  );
}

function challengeOf({ code, scopes }: Problem, wwwAuthenticate: string | null): Challenge | null {
  switch (code) {
    case 'consent_required':
      return scopes?.length ? { kind: 'consent', scopes } : null;
    case 'insufficient_claims': {
      const claims = insufficientClaims(wwwAuthenticate);
      return claims === null ? null : { kind: 'claims', claims };
    }
    case 'invalid_token':
    case 'missing_token':
      return { kind: 'sign-in' };
    default:
      return null;
  }
}

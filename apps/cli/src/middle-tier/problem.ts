import { z } from 'zod';
import { CommandFailed, type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Challenge } from '../sign-in/challenge.ts';

/** A problem object (RFC 9457, section 3) of our APIs; members that are not named here are dropped. */
export const problemSchema = z.object({
  /** Page that explains the code. */
  type: z.string().optional(),
  title: z.string(),
  status: z.int(),
  /** Stable, in snake_case. Decide by this member. */
  code: z.string(),
  detail: z.string().optional(),
  correlationId: z.string().optional(),
  /** The members of the request body that are wrong, with `invalid_body`. */
  errors: z.array(z.object({ member: z.string(), message: z.string() })).optional(),
  /** The scopes to request consent for, with `consent_required`. */
  scopes: z.array(z.string()).optional(),
  /** The claims request, base64 JSON, with `insufficient_claims`. */
  claims: z.string().optional(),
});

export type Problem = z.output<typeof problemSchema>;

/** A call to the middle tier failed: it responded with a problem, with something unexpected, or not at all. */
export class ApiProblem extends CommandFailed {
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    const { scopes: _scopes, claims: _claims, status: _status, ...details } = problem;
    super(exitCodeOf(problem), details, options);
    this.problem = problem;
  }
}

/** Returns what the process ends with after a problem. */
export function exitCodeOf(problem: Problem): ExitCode {
  if (challengeOf(problem)) return exitCodes.signInRequired;
  const { status } = problem;
  if (status === 0 || status === 429 || status > 500) return exitCodes.unavailable;
  return status >= 400 && status < 500 ? exitCodes.rejected : exitCodes.failed;
}

/** Returns what the user can do about a problem: a challenge to answer, or `null`. */
export function challengeOf({ code, scopes, claims }: Problem): Challenge | null {
  switch (code) {
    case 'consent_required':
      return scopes?.length ? { kind: 'consent', scopes } : null;
    case 'insufficient_claims':
      return claims ? { kind: 'claims', claims } : null;
    case 'invalid_token':
      // A new token from the same session might be rejected again.
      return { kind: 'sign-in', prompt: 'login' };
    default:
      return null;
  }
}

/** Reads the problem from a response that is no success. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = problemSchema.safeParse(body);
  return parsed.success ? new ApiProblem(parsed.data) : unexpectedResponse(response);
}

/** Makes the problem of a response that does not follow the API's contract. */
export function unexpectedResponse(response: Response, cause?: unknown): ApiProblem {
  return new ApiProblem(
    {
      title: 'The response could not be read',
      status: response.ok ? 500 : response.status,
      code: 'unexpected_response',
      detail: `The middle-tier API sent a response (${response.status}) that this program does not understand.`,
      correlationId: response.headers.get('x-correlation-id') ?? undefined,
    },
    { cause },
  );
}

/** Makes the problem of a call that got no response: offline, blocked, or too late. */
export function noResponse(apiBaseUrl: string, cause: unknown): ApiProblem {
  return new ApiProblem(
    {
      title: 'The middle-tier API did not respond',
      status: 0,
      code: 'no_response',
      detail: `Is it running at ${apiBaseUrl}? Check your connection and try again.`,
    },
    { cause },
  );
}

import { z } from '../configuration/zod.ts';
import type { Challenge } from '../sign-in/challenge.ts';

/** A problem object (RFC 9457, section 3) of our APIs; members that are not named here are dropped. */
export const problemSchema = z.object({
  /** Page that explains the code. */
  type: z.optional(z.string()),
  title: z.string(),
  status: z.int(),
  /** Stable, in snake_case. Decide by this member. */
  code: z.string(),
  detail: z.optional(z.string()),
  correlationId: z.optional(z.string()),
  /** The members of the request body that are wrong, with `invalid_body`. */
  errors: z.optional(z.array(z.object({ member: z.string(), message: z.string() }))),
  /** The scopes to request consent for, with `consent_required`. */
  scopes: z.optional(z.array(z.string())),
  /** The claims request, base64 JSON, with `insufficient_claims`. */
  claims: z.optional(z.string()),
  /** The page of the middle tier that requests the permission, with `calendar_consent_required`. */
  consentUrl: z.optional(z.url({ protocol: /^https?$/ })),
});

export type Problem = z.output<typeof problemSchema>;

/** A call to the middle tier failed: it responded with a problem, with something unexpected, or not at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;
  /** The `Server-Timing` header of the response: which steps the middle tier completed before one failed. */
  readonly serverTiming: string | null;

  constructor(problem: Problem, response: Response | null = null, options?: ErrorOptions) {
    super(problem.detail ?? problem.title, options);
    this.problem = problem;
    this.serverTiming = response?.headers.get('Server-Timing') ?? null;
  }
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
    case 'missing_token':
      return { kind: 'sign-in' };
    default:
      return null;
  }
}

/** Reads the problem from a response that is no success. */
export async function readProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = problemSchema.safeParse(body);
  return parsed.success ? new ApiProblem(parsed.data, response) : unexpectedResponse(response);
}

/** Makes the problem of a response that does not follow the API's contract. */
export function unexpectedResponse(response: Response, cause?: unknown): ApiProblem {
  const correlationId = response.headers.get('x-correlation-id');
  return new ApiProblem(
    {
      title: 'The response could not be read',
      status: response.status,
      code: 'unexpected_response',
      detail: 'The middle-tier API sent a response that this app does not understand.',
      ...(correlationId ? { correlationId } : {}),
    },
    response,
    { cause },
  );
}

/** Makes the problem of a call that got no response: offline, blocked, or too late. */
export function noResponse(cause: unknown): ApiProblem {
  return new ApiProblem(
    {
      title: 'The middle-tier API did not respond',
      status: 0,
      code: 'no_response',
      detail: import.meta.env.DEV
        ? 'Is `start` still running? Look at its terminal, then try again.'
        : 'Check your connection and try again.',
    },
    null,
    { cause },
  );
}

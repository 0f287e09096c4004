import { z } from 'zod';

/**
 * An answer that says what went wrong (RFC 9457). Thrown anywhere behind a request; written once, by the
 * error handler.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly outcome: string;
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  /**
   * @param definition Stable code, HTTP status and title; see {@link problems} for those every API shares.
   * @param options.detail What this caller can do about it; must not repeat what the caller sent.
   * @param options.headers Response headers, such as `WWW-Authenticate` or `Retry-After`.
   * @param options.extensions Further members of the problem object.
   * @param options.cause What led here; logged, never sent.
   */
  constructor(
    definition: ProblemDefinition,
    options: {
      detail?: string;
      headers?: Record<string, string>;
      extensions?: Record<string, unknown>;
      cause?: unknown;
    } = {},
  ) {
    super(options.detail ?? definition.title, { cause: options.cause });
    this.code = definition.code;
    this.outcome = definition.code;
    this.status = definition.status;
    this.title = definition.title;
    this.headers = options.headers ?? {};
    this.extensions = options.extensions ?? {};
  }
}

export interface ProblemDefinition {
  /** Stable, snake_case; clients branch on it. */
  code: string;
  status: number;
  title: string;
}

/** Makes a catalogue: the key is the code. */
export function defineProblems<Code extends string>(
  catalogue: Record<Code, readonly [status: number, title: string]>,
): Record<Code, ProblemDefinition> {
  const entries = Object.entries<readonly [number, string]>(catalogue).map(([code, [status, title]]) => [
    code,
    { code, status, title },
  ]);
  return Object.fromEntries(entries);
}

/** The problems that every API of ours can answer with. */
export const problems = defineProblems({
  invalid_request: [400, 'The request is malformed'],
  malformed_json: [400, 'The body is not JSON'],
  invalid_body: [400, 'The body does not match the schema'],
  invalid_parameter: [400, 'A parameter does not match the schema'],
  missing_token: [401, 'An access token is required'],
  invalid_token: [401, 'The access token is not valid for this API'],
  insufficient_scope: [403, 'The access token lacks a permission'],
  client_not_allowed: [403, 'The calling application is not allowed'],
  tenant_not_allowed: [403, 'People of this tenant may not use this API'],
  not_found: [404, 'There is nothing at this address'],
  method_not_allowed: [405, 'The method is not supported here'],
  request_timeout: [408, 'The request took too long to arrive'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body must be JSON'],
  too_many_requests: [429, 'Too many requests'],
  headers_too_large: [431, 'The headers are too large'],
  internal_error: [500, 'Something went wrong on our side'],
  identity_provider_unavailable: [503, 'Tokens cannot be checked at the moment'],
});

/** The problem object as it is sent (RFC 9457, section 3); some problems have further members. */
export const problemSchema = z.looseObject({
  type: z.string().meta({ description: 'The page that explains the code' }),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Stable, snake_case; branch on it' }),
  detail: z.string().meta({ description: 'What this caller can do about it' }),
  correlationId: z.guid(),
});
export type ProblemBody = z.output<typeof problemSchema>;

/** Renders a problem for the caller. `type` is the page that explains the code. */
export function problemBody(problem: Problem, correlationId: string): ProblemBody {
  return {
    ...problem.extensions,
    type: `docs/reference/errors/${problem.code}.md`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    correlationId,
  };
}

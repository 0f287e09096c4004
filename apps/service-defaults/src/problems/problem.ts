import { z } from 'zod';

/** An error response (RFC 9457). Thrown anywhere while a request is served; the error handler writes it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly outcome: string;
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  /**
   * @param definition Stable code, HTTP status and title; see {@link problems} for those of every API.
   * @param options.detail What this caller can do about it; must not quote what the caller sent.
   * @param options.headers Response headers, such as `WWW-Authenticate` or `Retry-After`.
   * @param options.extensions Further members of the problem object.
   * @param options.cause The underlying error; logged, never sent.
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

const definitions = new Map<string, ProblemDefinition>();

/** Defines problems by their codes. Every service that loads the definition serves a page about it; see {@link problemType}. */
export function defineProblems<Code extends string>(
  catalog: Record<Code, readonly [status: number, title: string]>,
): Record<Code, ProblemDefinition> {
  const entries = Object.entries<readonly [number, string]>(catalog).map(([code, [status, title]]) => {
    const definition = { code, status, title };
    definitions.set(code, definition);
    return [code, definition];
  });
  return Object.fromEntries(entries);
}

/** Returns the definition of a code, if it is one that this process may send. */
export const findProblem = (code: string): ProblemDefinition | undefined => definitions.get(code);

/**
 * Returns the `type` of a problem: a reference to the page about it, which is relative to the service that sent the
 * problem (RFC 9457, section 3.1.1).
 */
export const problemType = (code: string): string => `/problems/${code}`;

/** The problems of every API. */
export const problems = defineProblems({
  invalid_request: [400, 'The request is malformed'],
  malformed_json: [400, 'The body is not JSON'],
  invalid_body: [400, 'The body does not match the schema'],
  invalid_parameter: [400, 'A parameter does not match the schema'],
  missing_token: [401, 'An access token is required'],
  invalid_token: [401, 'The access token is not valid for this API'],
  insufficient_scope: [403, 'The access token lacks a permission'],
  client_not_allowed: [403, 'The calling application is not allowed'],
  tenant_not_allowed: [403, 'Tenant not allowed'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'The method is not supported here'],
  request_timeout: [408, 'The request took too long to arrive'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body must be JSON'],
  too_many_requests: [429, 'Too many requests'],
  headers_too_large: [431, 'The headers are too large'],
  internal_error: [500, 'Something went wrong on our side'],
  identity_provider_unavailable: [503, 'Access tokens cannot be validated now'],
});

/** The problems of every API that has a database. */
export const databaseProblems = defineProblems({
  database_unavailable: [503, 'The database is unavailable'],
});

/** The problem object in responses (RFC 9457, section 3). Some problems have further members. */
export const problemSchema = z.looseObject({
  type: z.string().meta({ description: 'URL of a page about the code, relative to this API' }),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Stable, snake_case; branch on it' }),
  detail: z.string().meta({ description: 'What this caller can do about it' }),
  correlationId: z.guid(),
});
export type ProblemBody = z.output<typeof problemSchema>;

/** Renders a problem for the caller. */
export function problemBody(problem: Problem, correlationId: string): ProblemBody {
  return {
    ...problem.extensions,
    type: problemType(problem.code),
    title: problem.title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    correlationId,
  };
}

/**
 * Renders a `WWW-Authenticate` challenge of the Bearer scheme (RFC 6750, section 3). Removes quotes and control characters
 * from values, because the grammar has no place for them.
 */
export function bearerChallenge(parameters: Readonly<Record<string, string>> = {}): string {
  const rendered: string[] = [];
  for (const [name, value] of Object.entries(parameters))
    rendered.push(`${name}="${value.replace(/[^\x20-\x7e]|["\\]/g, '')}"`);
  return rendered.length === 0 ? 'Bearer' : `Bearer ${rendered.join(', ')}`;
}

import { Problem } from '../problems/problem.ts';

/** What may be logged of an error. */
export interface ErrorDescription {
  name: string;
  [field: string]: unknown;
}

/** Fields of library errors (axios, MSAL, node, pg) that name a fault and carry neither tokens nor bodies. */
const safeFields = [
  'code',
  'status',
  'reason',
  'errorCode',
  'errorNo',
  'subError',
  'syscall',
  'severity',
  'constraint',
] as const;

/**
 * Reduces an error to fields that are safe to log.
 *
 * An AxiosError holds the request with its Authorization header, an MSAL error may quote the answer of the token
 * endpoint; so messages are kept for our own {@link Problem} only, and stacks without their message.
 * A number of Entra's comes with the page that explains it.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error };
  const description: ErrorDescription = { name: error.name };
  for (const field of safeFields) {
    const value: unknown = Reflect.get(error, field);
    if ((typeof value === 'string' && value.length <= 64) || typeof value === 'number')
      description[field] = value;
  }
  const { errorNo } = description;
  if (/^\d{5,7}$/.test(String(errorNo))) description.see = `docs/reference/errors/AADSTS${errorNo}.md`;
  if (error instanceof Problem) description.message = error.message;
  else if (error.stack)
    description.stack = error.stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12);
  if (error.cause !== undefined) description.cause = describeError(error.cause);
  return description;
}

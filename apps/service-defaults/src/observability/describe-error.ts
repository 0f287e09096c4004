import { Problem } from '../problems/problem.ts';

/** The part of an error that may be logged. */
export interface ErrorDescription {
  name: string;
  [field: string]: unknown;
}

/** Fields of library errors (MSAL, Node.js, pg, Redis) that name a fault and contain neither tokens nor bodies. */
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
 * Library errors may hold a request with its Authorization header, or quote a response of the token endpoint. So only the
 * message of our own {@link Problem} is kept, and stacks are kept without their message. An AADSTS number comes with the
 * page about it.
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
  else if (error.stack) description.stack = error.stack.match(/^\s+at .*/gm)?.slice(0, 12);
  if (error.cause !== undefined) description.cause = describeError(error.cause);
  return description;
}

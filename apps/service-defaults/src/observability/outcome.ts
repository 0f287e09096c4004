import { IssuerUnavailable } from '../access-token/signing-keys.ts';
import { TokenRejected } from '../access-token/validator.ts';
import { CallFailed } from '../http/call-failed.ts';
import { Problem, problems } from '../problems/problem.ts';

/**
 * How a piece of work failed, as metrics and spans say it: the code of a problem, the reason of a failed call, or
 * `error`. So there are only so many, and nothing of a message is among them.
 */
export function outcomeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  if (error instanceof CallFailed) return error.reason;
  if (error instanceof TokenRejected) return problems.invalid_token.code;
  if (error instanceof IssuerUnavailable) return problems.identity_provider_unavailable.code;
  return 'error';
}

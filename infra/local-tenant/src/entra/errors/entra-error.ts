import { accessErrors } from './access-errors.ts';
import { clientErrors } from './client-errors.ts';
import type { ErrorRow } from './error-row.ts';
import { grantErrors } from './grant-errors.ts';
import { requestErrors } from './request-errors.ts';
import { signInErrors } from './sign-in-errors.ts';

const table = { ...requestErrors, ...clientErrors, ...signInErrors, ...grantErrors, ...accessErrors };

/** The AADSTS numbers of this tenant's errors. */
export type ErrorNumber = keyof typeof table;

/**
 * Every error by its AADSTS number ("Microsoft Entra authentication and authorization error codes", and errors seen
 * in the service).
 */
export const entraErrors: Readonly<Record<ErrorNumber, ErrorRow>> = table;

interface Overrides {
  error?: string;
  /** A claims challenge: the `claims` parameter for the next request (JSON). */
  claims?: string;
  suberror?: string;
  /** A sentence to append to Entra's, where this tenant does less than Entra. */
  note?: string | undefined;
}

/** Thrown when a request is rejected, with Entra's number for it. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly number: ErrorNumber;
  /** The sentence without number and IDs. */
  readonly text: string;
  /** OAuth 2.0 error code. */
  readonly error: string;
  readonly status: number;
  /** URL of Microsoft's page about the number, if there is one. */
  readonly uri: string | undefined;
  readonly suberror: string | undefined;
  readonly claims: string | undefined;

  constructor(number: ErrorNumber, text: string, overrides: Overrides = {}) {
    const sentence = `${text}${overrides.note ? ` (Local tenant: ${overrides.note}.)` : ''}`;
    super(`AADSTS${number}: ${sentence}`);
    const row = entraErrors[number];
    this.number = number;
    this.text = sentence;
    this.error = overrides.error ?? row.error;
    this.status = row.status ?? 400;
    this.uri = row.withoutPage ? undefined : `https://login.microsoftonline.com/error?code=${number}`;
    this.suberror = overrides.suberror ?? row.suberror;
    this.claims = overrides.claims;
  }
}

/**
 * Creates the error with that number.
 *
 * @param values The values in the number's sentence, in its order.
 */
export function entraError<N extends ErrorNumber>(
  number: N,
  values: Parameters<(typeof table)[N]['text']>,
  overrides?: Overrides,
): EntraError {
  const text = (table[number].text as (...args: readonly string[]) => string)(...values);
  return new EntraError(number, text, overrides);
}

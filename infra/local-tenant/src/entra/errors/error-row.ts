/** One row of Entra's error table. */
export interface ErrorRow {
  /** OAuth 2.0 error code (RFC 6749 §4.1.2.1 and §5.2, and Entra's own). */
  error: string;
  /** HTTP status of the token endpoint's response. Default: 400. */
  status?: number;
  /** Entra's `suberror`, which tells clients how to recover. */
  suberror?: string;
  /** Set if Microsoft has no page about the number, so that errors have no `error_uri`. */
  withoutPage?: true;
  /** Returns Entra's sentence, without trace ID, correlation ID and timestamp. */
  text: (...values: never[]) => string;
}

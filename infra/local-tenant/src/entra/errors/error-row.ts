/** One row of Entra's error table. */
export interface ErrorRow {
  /** OAuth 2.0 error code (RFC 6749 §4.1.2.1 and §5.2, and Entra's own). */
  error: string;
  /** HTTP status of the token endpoint. 400 if left out. */
  status?: number;
  /** What Entra's answer adds to tell clients how to recover. */
  suberror?: string;
  /** Entra's lookup page has nothing on this number, so its answers carry no `error_uri`. */
  withoutPage?: true;
  /** Entra's sentence, without trace id, correlation id and timestamp. */
  text: (...values: never[]) => string;
}

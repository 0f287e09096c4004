import type { EntraError } from '../entra/errors/entra-error.ts';

/** An error that was sent or shown: by Entra ID with its AADSTS number, by Graph with its code. */
export interface ObservedError {
  number?: number;
  code?: string;
  text: string;
  /** Microsoft's page about it. */
  uri?: string | undefined;
}

/** What an endpoint knows about a request and nothing outside it can see. May contain secrets: it is never kept. */
export interface Observed {
  correlationId?: string;
  clientId?: string;
  userId?: string | undefined;
  scope?: string;
  /** Title of the page that was shown. */
  page?: string;
  /** Parameters that were sent to the client through the browser. */
  sentToClient?: Readonly<Record<string, string | undefined>>;
  /** JSON from the token endpoint. */
  json?: Readonly<Record<string, unknown>>;
  error?: ObservedError;
}

const observed = new WeakMap<object, Observed>();

/** Adds to what is known about the request of this response, for the recorder. */
export function observe(response: object, what: Observed): void {
  observed.set(response, { ...observed.get(response), ...what });
}

/** Adds an error of Entra ID. */
export const observeError = (response: object, { number, error, text, uri }: EntraError): void =>
  observe(response, { error: { number, code: error, text, uri } });

/** Returns what is known about the request of this response. It is forgotten with the response. */
export const observedOf = (response: object): Observed => observed.get(response) ?? {};

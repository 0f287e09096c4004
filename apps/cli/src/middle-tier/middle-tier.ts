import type { z } from 'zod';
import type { Session } from '../sign-in/session.ts';
import { SignInRequired } from '../sign-in/sign-in-failure.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { ApiProblem, challengeOf, noResponse, readProblem, unexpectedResponse } from './problem.ts';

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Path below the API's base URL, such as `/api/overview`. */
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

/** Milliseconds after which a call counts as failed. The middle tier gives up well before. */
const deadline = 30_000;

/** Calls the middle tier on behalf of the signed-in user. */
export class MiddleTier {
  readonly #apiBaseUrl: string;
  readonly #session: Session;
  readonly #terminal: Terminal;

  constructor(apiBaseUrl: string, session: Session, terminal: Terminal) {
    this.#apiBaseUrl = apiBaseUrl;
    this.#session = session;
    this.#terminal = terminal;
  }

  /**
   * Sends a request. If the API rejects the token as invalid, renews it and repeats the request, once. If the API or the
   * identity provider requires something of the user, asks for it and repeats the request, once: a rejected request has
   * changed nothing.
   *
   * @returns A successful response, its body unread.
   * @throws {CommandFailed} for every other response, and for none.
   */
  async call(request: ApiRequest): Promise<Response> {
    try {
      return await this.#sendWithFreshToken(request);
    } catch (error) {
      const challenge =
        error instanceof SignInRequired
          ? ({ kind: 'sign-in' } as const)
          : error instanceof ApiProblem
            ? challengeOf(error.problem)
            : null;
      if (challenge === null || !this.#session.canAsk) throw error;
      return await this.#send(request, await this.#session.answer(challenge));
    }
  }

  async #sendWithFreshToken(request: ApiRequest): Promise<Response> {
    try {
      return await this.#send(request, await this.#session.acquireAccessToken());
    } catch (error) {
      if (!(error instanceof ApiProblem && error.problem.code === 'invalid_token')) throw error;
      return await this.#send(request, await this.#session.acquireAccessToken({ forceRefresh: true }));
    }
  }

  async #send({ method = 'GET', path, headers, body }: ApiRequest, accessToken: string): Promise<Response> {
    const endProgress = this.#terminal.showProgress('Waiting for the middle-tier API …');
    try {
      const response = await fetch(`${this.#apiBaseUrl}${path}`, {
        method,
        headers: {
          ...headers,
          Accept: 'application/json, application/problem+json',
          Authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(deadline),
      }).catch((cause: unknown) => {
        throw noResponse(this.#apiBaseUrl, cause);
      });
      if (response.ok) return response;
      throw await readProblem(response);
    } finally {
      endProgress();
    }
  }
}

/**
 * Reads the body of a successful response.
 *
 * @throws {ApiProblem} `unexpected_response` if the schema does not describe it.
 */
export async function readJson<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw unexpectedResponse(response, result.error);
}

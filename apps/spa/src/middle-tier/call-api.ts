import { loadConfiguration } from '../configuration/load-configuration.ts';
import { getAccessToken } from '../sign-in/access-token.ts';
import { traceCall } from '../tracing/trace-call.ts';
import { noAnswer, problemOf } from './problem.ts';

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Behind the API's base URL, such as `/api/overview`. */
  path: string;
  /** The path as the API's router knows it, where that is another one: what traces call the request. */
  route?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/** How long the person waits before being told, in milliseconds. The middle tier gives up well before. */
const deadline = 30_000;

/**
 * Calls the middle tier as the signed-in person. A token that the API calls invalid is renewed once, and the
 * call repeated once: it was refused before anything was done.
 *
 * @returns A successful answer, its body unread.
 * @throws {ApiProblem} for every other answer, and for none.
 * @throws {SignInRequired} if no token can be had without the person.
 */
export async function callApi(request: ApiRequest): Promise<Response> {
  const response = await send(request, await getAccessToken());
  if (response.ok) return response;
  const refusal = await problemOf(response);
  if (refusal.problem.code !== 'invalid_token') throw refusal;
  const repeated = await send(request, await getAccessToken({ forceRefresh: true }));
  if (repeated.ok) return repeated;
  throw await problemOf(repeated);
}

async function send(request: ApiRequest, accessToken: string): Promise<Response> {
  const { method = 'GET', path, route = path, headers, body, signal } = request;
  const { apiBaseUrl } = await loadConfiguration();
  const timeout = AbortSignal.timeout(deadline);
  try {
    return await traceCall(`${method} ${route}`, (traceHeaders) =>
      fetch(`${apiBaseUrl.replace(/\/+$/, '')}${path}`, {
        method,
        headers: {
          ...headers,
          ...traceHeaders,
          Accept: 'application/json, application/problem+json',
          Authorization: `Bearer ${accessToken}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      }),
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    throw noAnswer(error);
  }
}

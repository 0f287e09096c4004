import type { IPublicClientApplication } from '@azure/msal-browser';
import { useMsal } from '@azure/msal-react';
import { useConfiguration } from '../configuration/configuration.ts';
import type { SpaConfiguration } from '../configuration/configuration-schema.ts';
import type { z } from '../configuration/zod.ts';
import { acquireAccessToken } from '../sign-in/access-token.ts';
import { apiScopes } from '../sign-in/msal-client.ts';
import { traceCall } from '../tracing/trace-call.ts';
import { noResponse, readProblem, unexpectedResponse } from './problem.ts';

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Path below the API's base URL, such as `/api/overview`. */
  path: string;
  /** The path as the API's router knows it, if it differs; names the request in traces. */
  route?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

export type CallApi = (request: ApiRequest) => Promise<Response>;

/** Milliseconds after which a call counts as failed. The middle tier gives up well before. */
const deadline = 30_000;

/** Returns {@link callApi} for the signed-in user. */
export function useCallApi(): CallApi {
  const { instance } = useMsal();
  const configuration = useConfiguration();
  return (request) => callApi(instance, configuration, request);
}

/**
 * Calls the middle tier on behalf of the signed-in user. If the API rejects the token as invalid, renews it and
 * repeats the call, once: a rejected request has changed nothing.
 *
 * @returns A successful response, its body unread.
 * @throws {ApiProblem} for every other response, and for none.
 * @throws {SignInRequired} if no token can be acquired without the user.
 */
export async function callApi(
  client: IPublicClientApplication,
  configuration: SpaConfiguration,
  request: ApiRequest,
): Promise<Response> {
  const scopes = apiScopes(configuration);
  const response = await send(configuration, request, await acquireAccessToken(client, scopes));
  if (response.ok) return response;
  const rejection = await readProblem(response);
  if (rejection.problem.code !== 'invalid_token') throw rejection;
  const renewed = await acquireAccessToken(client, scopes, { forceRefresh: true });
  const repeated = await send(configuration, request, renewed);
  if (repeated.ok) return repeated;
  throw await readProblem(repeated);
}

async function send(
  { apiBaseUrl, otlpEndpoint }: SpaConfiguration,
  { method = 'GET', path, route = path, headers, body, signal }: ApiRequest,
  accessToken: string,
): Promise<Response> {
  // The component may have been unmounted while the token was acquired. Then no call is sent or traced.
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(deadline);
  try {
    return await traceCall(otlpEndpoint, `${method} ${route}`, (traceHeaders) =>
      fetch(`${apiBaseUrl.replace(/\/+$/, '')}${path}`, {
        method,
        headers: {
          ...headers,
          ...traceHeaders,
          Accept: 'application/json, application/problem+json',
          ...(import.meta.env.VITE_TOKENS === 'server'
            ? { 'X-Session-User': accessToken }
            : { Authorization: `Bearer ${accessToken}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: 'no-store',
        credentials: import.meta.env.VITE_TOKENS === 'server' ? 'same-origin' : 'omit',
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      }),
    );
  } catch (error) {
    if (signal?.aborted) throw error;
    throw noResponse(error);
  }
}

/**
 * Reads the body of a successful response.
 *
 * @throws {ApiProblem} `unexpected_response` if the schema does not describe it.
 */
export async function readJson<Schema extends z.ZodMiniType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw unexpectedResponse(response, result.error);
}

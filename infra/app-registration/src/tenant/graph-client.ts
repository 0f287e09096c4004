import { setTimeout as wait } from 'node:timers/promises';
import axios, { type AxiosResponse } from 'axios';
import { z } from 'zod';
import { GraphRequestError } from './graph-error.ts';

/** Requests to Microsoft Graph v1.0. Each rejects with a `GraphRequestError`. */
export interface GraphClient {
  /** The entity, or null when Graph answers 404. */
  find(path: string): Promise<unknown>;
  /** The entity. A 404 is waited out: the directory may not have replicated it yet. */
  get(path: string): Promise<unknown>;
  /** Every entity of a collection, over all its pages. */
  list(path: string): Promise<unknown[]>;
  post(path: string, body: object): Promise<unknown>;
  patch(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  /**
   * Deletes it; that it is gone is no error.
   *
   * @param options.awaits It may not be there yet: a 404 is waited out, and is no error in the end.
   */
  delete(path: string, options?: { awaits?: boolean }): Promise<void>;
}

export interface GraphClientOptions {
  /** Microsoft Graph with its version, without a slash at the end. */
  baseUrl: string;
  /** Gives an access token for Microsoft Graph. Called for each request. */
  getToken: () => Promise<string>;
  /** Milliseconds after which a request is given up. */
  deadline?: number;
  /** Milliseconds that may be spent waiting for the directory, over all tries of one request. */
  patience?: number;
  /** Waits; milliseconds. */
  pause?: (milliseconds: number) => Promise<unknown>;
}

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.array(z.object({ code: z.string() })).optional(),
  }),
});

const pageSchema = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() });

/** A reference to what was created a moment ago and another server of the directory does not know yet. */
const notReplicatedYet = ({ code, message, status }: GraphRequestError): boolean =>
  code === 'Request_ResourceNotFound' ||
  code === 'NoBackingApplicationObject' ||
  (status === 400 &&
    /does not reference a valid|\b(?:appId|application|principal)\b.*\bdoes not exist\b/i.test(message));

/**
 * Makes a client with bounded retries: `Retry-After` is honoured ("Microsoft Graph throttling guidance"), and what
 * the directory has not replicated yet is asked for again.
 */
export function createGraphClient({
  baseUrl,
  getToken,
  deadline = 15_000,
  patience = 60_000,
  pause = wait,
}: GraphClientOptions): GraphClient {
  const http = axios.create({
    baseURL: baseUrl,
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    timeout: deadline,
    responseType: 'json',
    validateStatus: () => true,
    // A proxy of the environment is for the way out, not for this machine.
    ...(['localhost', '127.0.0.1', '[::1]'].includes(new URL(baseUrl).hostname) && { proxy: false }),
  });

  async function send(
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ) {
    const request = `Microsoft Graph, ${method} ${path}`;
    const token = await getToken();
    try {
      return await http.request({
        method,
        url: path,
        data: body,
        headers: { ...headers, Authorization: `Bearer ${token}` },
      });
    } catch (error) {
      // An AxiosError holds the token and the body: nothing of it goes further but its code.
      const code = axios.isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer';
      throw new GraphRequestError(request, {
        status: null,
        code: code === 'ECONNABORTED' || code === 'ETIMEDOUT' ? 'timeout' : 'unreachable',
        message: `no answer from ${baseUrl} (${code})`,
        requestId: null,
      });
    }
  }

  async function ask(
    method: string,
    path: string,
    options: {
      body?: object;
      headers?: Readonly<Record<string, string>>;
      awaits?: boolean;
      mayBeMissing?: boolean;
    } = {},
  ): Promise<unknown> {
    let spent = 0;
    for (let attempt = 0; ; attempt += 1) {
      const response = await send(method, path, options.body, options.headers);
      if (response.status < 300) return response.data;
      if (response.status === 404 && options.mayBeMissing && !options.awaits) return null;
      const error = toError(`Microsoft Graph, ${method} ${path}`, response);
      const delay = delayBefore(response, attempt, options.awaits === true && notReplicatedYet(error));
      if (delay === null || spent + delay > patience) {
        if (response.status === 404 && options.mayBeMissing) return null;
        throw error;
      }
      spent += delay;
      await pause(delay);
    }
  }

  async function list(path: string): Promise<unknown[]> {
    const entities: unknown[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const page = pageSchema.parse(await ask('GET', next));
      entities.push(...page.value);
      const link: string | undefined = page['@odata.nextLink'];
      if (link !== undefined && !link.startsWith(`${baseUrl}/`))
        throw new Error('Microsoft Graph continues a list at another address.');
      next = link?.slice(baseUrl.length);
    }
    return entities;
  }

  return {
    list,
    find: (path) => ask('GET', path, { mayBeMissing: true }),
    get: (path) => ask('GET', path, { awaits: true }),
    post: (path, body) => ask('POST', path, { body, awaits: true }),
    patch: (path, body, headers = {}) => ask('PATCH', path, { body, headers, awaits: true }),
    delete: async (path, { awaits = false } = {}) =>
      void (await ask('DELETE', path, { mayBeMissing: true, awaits })),
  };
}

/** Milliseconds to wait before the next try, or null when trying again is no use. */
function delayBefore({ status, headers }: AxiosResponse, attempt: number, awaited: boolean): number | null {
  if (status === 429 || status === 503 || status === 504) {
    const seconds = Number(headers['retry-after']);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : backoff(attempt);
  }
  return awaited ? backoff(attempt) : null;
}

const backoff = (attempt: number) => Math.min(500 * 2 ** attempt, 8000);

function toError(request: string, { status, headers, data }: AxiosResponse): GraphRequestError {
  const requestId = typeof headers['request-id'] === 'string' ? headers['request-id'] : null;
  const parsed = errorSchema.safeParse(data);
  if (!parsed.success) {
    return new GraphRequestError(request, {
      status,
      code: `HTTP ${status}`,
      message: 'the answer is not one of Microsoft Graph',
      requestId,
    });
  }
  const { code, message, details } = parsed.data.error;
  return new GraphRequestError(request, { status, code: details?.[0]?.code ?? code, message, requestId });
}

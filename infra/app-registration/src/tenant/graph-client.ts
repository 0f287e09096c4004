import { setTimeout as wait } from 'node:timers/promises';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { z } from 'zod';
import { isOnThisMachine } from '../environment/environment.ts';
import { GraphRequestError, mayBeDone } from './graph-error.ts';

export interface GraphClientOptions {
  /** Microsoft Graph with its version, without a trailing slash. */
  baseUrl: string;
  /** Returns an access token for Microsoft Graph. Called for each request. */
  getToken: () => Promise<string>;
  /** Timeout of one attempt, in milliseconds. */
  deadline?: number;
  /** Longest total wait between the attempts of one request, in milliseconds. */
  patience?: number;
  /** Waits between two attempts. */
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

/** The directory rejected a write because of another one at the same time, and did not carry it out. */
const concurrencyViolation = 'Directory_ConcurrencyViolation';

/**
 * Recognizes a reference to an object that was just created, on a directory server that does not know it yet. The code
 * `Authorization_RequestDenied` also stands for a missing role, which no retry can help.
 */
const notReplicatedYet = ({ code, message, status }: GraphRequestError): boolean =>
  code === 'Request_ResourceNotFound' ||
  code === 'NoBackingApplicationObject' ||
  (code === 'Authorization_RequestDenied' && /\bbacking application\b/i.test(message)) ||
  (status === 400 &&
    /does not reference a valid|\b(?:appId|application|principal)\b.*\bdoes not exist\b/i.test(message));

interface RequestOptions {
  body?: object;
  headers?: Readonly<Record<string, string>>;
  /** Retries when the directory has not replicated an object yet. */
  awaits?: boolean;
  /** Returns null if Graph says that there is no such entity. */
  mayBeMissing?: boolean;
  /** Does not retry when Graph may have carried the request out. */
  once?: boolean;
}

/**
 * Sends requests to Microsoft Graph v1.0, with bounded retries: it respects `Retry-After` ("Microsoft Graph throttling
 * guidance"), and repeats requests for objects that the directory has not replicated yet, and writes that the directory
 * rejected because of another one. Each method rejects with a {@link GraphRequestError}.
 */
export class GraphClient {
  readonly #options: Required<GraphClientOptions>;
  readonly #http: AxiosInstance;

  constructor({ baseUrl, getToken, deadline = 15_000, patience = 60_000, pause = wait }: GraphClientOptions) {
    this.#options = { baseUrl, getToken, deadline, patience, pause };
    this.#http = axios.create({
      baseURL: baseUrl,
      allowAbsoluteUrls: false,
      maxRedirects: 0,
      timeout: deadline,
      responseType: 'json',
      validateStatus: () => true,
      // A proxy set in the environment is not for requests to this machine.
      ...(isOnThisMachine(baseUrl) && { proxy: false }),
    });
  }

  /** Returns the entity, or null when Graph says that there is none: a 404 that a proxy sent is an error. */
  find(path: string): Promise<unknown> {
    return this.#request('GET', path, { mayBeMissing: true });
  }

  /** Returns the entity. Retries on 404, as the directory may not have replicated it yet. */
  get(path: string): Promise<unknown> {
    return this.#request('GET', path, { awaits: true });
  }

  /** Returns every entity of a collection, from all its pages. */
  async list(path: string): Promise<unknown[]> {
    const { baseUrl } = this.#options;
    const entities: unknown[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const page = pageSchema.parse(await this.#request('GET', next));
      entities.push(...page.value);
      const link: string | undefined = page['@odata.nextLink'];
      if (link !== undefined && !link.startsWith(`${baseUrl}/`))
        throw new Error('Microsoft Graph returned a next page at another address.');
      next = link?.slice(baseUrl.length);
    }
    return entities;
  }

  /**
   * Sends a POST request.
   *
   * @param options.once Rejects with `mayBeDone` when Graph may have carried the request out, instead of repeating it.
   */
  post(path: string, body: object, { once = false }: { once?: boolean } = {}): Promise<unknown> {
    return this.#request('POST', path, { body, awaits: true, once });
  }

  patch(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return this.#request('PATCH', path, { body, headers, awaits: true });
  }

  /**
   * Deletes an entity. Succeeds when it does not exist.
   *
   * @param options.awaits Retries on 404, as the entity may not exist yet.
   */
  async delete(path: string, { awaits = false }: { awaits?: boolean } = {}): Promise<void> {
    await this.#request('DELETE', path, { mayBeMissing: true, awaits });
  }

  async #request(method: string, path: string, options: RequestOptions = {}): Promise<unknown> {
    const { patience, pause } = this.#options;
    let spent = 0;
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.#send(method, path, options);
      if (response.status < 300) return response.data;
      const isMissing = options.mayBeMissing === true && statesAbsence(response);
      if (isMissing && !options.awaits) return null;
      const error = toError(`Microsoft Graph, ${method} ${path}`, response, options.once === true);
      const isTemporary =
        error.code === concurrencyViolation || (options.awaits === true && notReplicatedYet(error));
      const delay = error.code === mayBeDone ? null : delayBefore(response, attempt, isTemporary);
      if (delay === null || spent + delay > patience) {
        if (isMissing) return null;
        throw error;
      }
      spent += delay;
      await pause(delay);
    }
  }

  async #send(method: string, path: string, { body, headers }: RequestOptions): Promise<AxiosResponse> {
    const { baseUrl, getToken } = this.#options;
    const token = await getToken();
    try {
      return await this.#http.request({
        method,
        url: path,
        ...(body && { data: body }),
        headers: { ...headers, Authorization: `Bearer ${token}` },
      });
    } catch (error) {
      // An AxiosError holds the token and the body: pass on its code only.
      const code = axios.isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer';
      throw new GraphRequestError(`Microsoft Graph, ${method} ${path}`, {
        status: null,
        code: code === 'ECONNABORTED' || code === 'ETIMEDOUT' ? 'timeout' : 'unreachable',
        message: `no answer from ${baseUrl} (${code})`,
        requestId: null,
      });
    }
  }
}

const statesAbsence = ({ status, data }: AxiosResponse): boolean =>
  status === 404 && errorSchema.safeParse(data).success;

/** Returns the milliseconds to wait before the next attempt, or null when a retry cannot help. */
function delayBefore(
  { status, headers }: AxiosResponse,
  attempt: number,
  isTemporary: boolean,
): number | null {
  if (status === 429 || status === 503 || status === 504) {
    const seconds = Number(headers['retry-after']);
    return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : backoff(attempt);
  }
  return isTemporary ? backoff(attempt) : null;
}

const backoff = (attempt: number) => Math.min(500 * 2 ** attempt, 8000);

function toError(
  request: string,
  { status, headers, data }: AxiosResponse,
  once: boolean,
): GraphRequestError {
  const requestId = typeof headers['request-id'] === 'string' ? headers['request-id'] : null;
  const parsed = errorSchema.safeParse(data);
  if (once && status >= 500) {
    const message = parsed.success ? parsed.data.error.message : `HTTP ${status}`;
    return new GraphRequestError(request, { status, code: mayBeDone, message, requestId });
  }
  if (!parsed.success) {
    return new GraphRequestError(request, {
      status,
      code: `HTTP ${status}`,
      message: 'the response is not from Microsoft Graph',
      requestId,
    });
  }
  const { code, message, details } = parsed.data.error;
  return new GraphRequestError(request, { status, code: details?.[0]?.code ?? code, message, requestId });
}

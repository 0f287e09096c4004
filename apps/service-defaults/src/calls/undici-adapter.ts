import axios, { Axios, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import { type Dispatcher, errors, Pool } from 'undici';
import { CallFailed } from './call-failed.ts';

export interface UndiciAdapterOptions {
  /** The only origin that is called. */
  origin: string;
  /** Milliseconds for making a connection; for https that includes the TLS handshake. */
  connectDeadline: number;
  /** Bytes of the largest answer that is read. */
  largestAnswer: number;
}

/** Speaks HTTP for axios. */
export interface UndiciAdapter {
  adapter: AxiosAdapter;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

/** Connections to one origin. As many are kept alive as were in use at once. */
const connections = 256;

/** Milliseconds for which an idle connection is kept, unless the other side says how long it keeps it. */
const keepAliveTimeout = 55_000;

/**
 * Makes an adapter that speaks HTTP with undici instead of Node's own client, which costs axios more than twice the CPU.
 *
 * Answers are asked for as they are, not compressed, and one that is compressed all the same is refused: nothing can
 * unpack to more than it says. Redirects are not followed. The deadline of a call is its signal's.
 */
export function createUndiciAdapter({
  origin,
  connectDeadline,
  largestAnswer,
}: UndiciAdapterOptions): UndiciAdapter {
  const pool = new Pool(origin, {
    connections,
    keepAliveTimeout,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: largestAnswer,
    connect: { timeout: connectDeadline },
  });

  return {
    async adapter(config) {
      const { pathname, search } = urlOf(config);
      const answer = await ask(
        pool,
        {
          path: pathname + search,
          method: config.method?.toUpperCase() ?? 'GET',
          headers: headersOf(config),
          body: bodyOf(config),
        },
        config.signal instanceof AbortSignal ? config.signal : undefined,
      );
      const data = config.responseType === 'arraybuffer' ? answer.body : textOf(answer.body);
      return { ...answer, data, config };
    },
    close: () => pool.destroy(),
  };
}

interface Answer {
  status: number;
  statusText: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

function ask(pool: Pool, request: Dispatcher.DispatchOptions, signal?: AbortSignal): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const chunks: Buffer[] = [];
  let head = { status: 0, statusText: '', headers: {} };
  let abort = (): void => {};
  const settle = (): void => signal?.removeEventListener('abort', abort);

  pool.dispatch(request, {
    onRequestStart(controller) {
      abort = () => controller.abort(toError(signal?.reason));
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    },
    onResponseStart(controller, status, headers, statusText = '') {
      head = { status, statusText, headers };
      const { 'content-encoding': encoding = 'identity' } = headers;
      if (encoding !== 'identity') controller.abort(new CallFailed('answer_invalid', { status }));
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk);
    },
    onResponseEnd() {
      settle();
      resolve({ ...head, body: Buffer.concat(chunks) });
    },
    onResponseError(_controller, error) {
      settle();
      reject(error);
    },
  });
  return promise;
}

/** Whether undici says of an answer that it is not HTTP or too large: then it is an answer nonetheless. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof errors.HTTPParserError ||
  error instanceof errors.ResponseExceededMaxSizeError ||
  error instanceof errors.HeadersOverflowError;

const axiosWithoutDefaults = new Axios({});

function urlOf({ baseURL = '', url = '', params, paramsSerializer }: InternalAxiosRequestConfig): URL {
  const serializer = paramsSerializer ? { paramsSerializer } : {};
  return new URL(
    axiosWithoutDefaults.getUri({ baseURL, url, params, ...serializer, allowAbsoluteUrls: false }),
  );
}

const headersOf = ({ headers }: InternalAxiosRequestConfig): Record<string, string> => ({
  ...headers.toJSON(true),
  'Accept-Encoding': 'identity',
  'User-Agent': `axios/${axios.VERSION}`,
});

function bodyOf({ data }: InternalAxiosRequestConfig): string | Uint8Array | null {
  const body: unknown = data;
  if (body === undefined || body === null) return null;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('Only what JSON can say, text and bytes are sent');
}

const decoder = new TextDecoder();
const textOf = (body: Buffer): string => decoder.decode(body);

const toError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted'));

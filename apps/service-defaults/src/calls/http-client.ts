import axios, { Axios, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { currentRequestContext } from '../observability/request-context.ts';
import { renderTraceparent } from '../observability/trace-context.ts';
import { CallFailed, codeOf, retryAfterSeconds } from './call-failed.ts';
import { createCircuit, type DependencyState } from './circuit.ts';
import { createRetries } from './retry.ts';
import { withinRequest } from './time-limit.ts';
import { createUndiciAdapter, isUnreadable } from './undici-adapter.ts';

export interface HttpClientOptions {
  /** The target. No call of this client can leave it: absolute URLs and redirects are refused. */
  baseUrl: string;
  /** Milliseconds for one attempt, from its start to the last byte of its answer. */
  deadline: number;
  /** Milliseconds for making a connection; 1 s if omitted. */
  connectDeadline?: number;
  /** Milliseconds for which nothing is called when calls keep failing; 5 s if omitted. */
  circuitPause?: number | undefined;
}

/** Calls one service that we depend on. */
export interface HttpClient {
  /**
   * @param person For whom, if for one; see {@link Circuit.run}.
   * @returns an answer with status 2xx, or 4xx other than 429.
   * @throws {CallFailed}
   */
  call(request: AxiosRequestConfig, person?: string): Promise<AxiosResponse<unknown>>;
  state(): DependencyState;
  /** Breaks off the calls that are under way. */
  close(): Promise<void>;
}

/** Bytes of the largest answer that is read. */
const largestAnswer = 2 * 1024 * 1024;

/**
 * A client for one target, spoken by axios over undici: keep-alive, deadlines, an answer of bounded size, and the
 * request's correlation id and trace context on every call (W3C Trace Context, section 3.2).
 *
 * A call ends when its deadline or the time for the whole request is over, or when the caller goes away. One that may
 * be repeated is retried once; when calls keep failing none is made for a while. Failures tell their reason, and
 * nothing else: an AxiosError would hold the token.
 *
 * It ignores proxy variables of the environment, so that a token never goes where the configuration does not say.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { baseUrl, deadline, connectDeadline = 1_000, circuitPause } = options;
  const { adapter, close } = createUndiciAdapter({
    origin: new URL(baseUrl).origin,
    connectDeadline,
    largestAnswer,
  });
  const { transformRequest = [], transformResponse = [] } = axios.defaults;
  // Without the library's defaults, which are for browsers too: merging them is a third of what a call costs.
  const client = new Axios({
    baseURL: baseUrl,
    allowAbsoluteUrls: false,
    validateStatus: null,
    headers: { Accept: 'application/json, text/plain, */*' },
    transformRequest,
    transformResponse,
    adapter,
  });
  const circuit = createCircuit(circuitPause);
  const retries = createRetries();

  async function send(request: AxiosRequestConfig, signal: AbortSignal): Promise<AxiosResponse<unknown>> {
    signal.throwIfAborted();
    const response = await client.request<unknown>({ ...request, signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : toCallFailed(error);
    });
    refuseUnusable(response);
    return response;
  }

  return {
    call(request, person) {
      const traced = { ...request, headers: { ...request.headers, ...traceHeaders() } };
      const attempt = () =>
        withinRequest((signal) => circuit.run(() => send(traced, signal), person), deadline);
      return isIdempotent(request) ? retries.run(attempt, deadline) : attempt();
    },
    state: circuit.state,
    close,
  };
}

function traceHeaders(): Record<string, string> {
  const context = currentRequestContext();
  if (!context) return {};
  return { 'x-correlation-id': context.correlationId, traceparent: renderTraceparent(context) };
}

/** RFC 9110, section 9.2.2; and the key that makes a POST so ("The Idempotency-Key HTTP Header Field"). */
function isIdempotent({ method = 'GET', headers = {} }: AxiosRequestConfig): boolean {
  return ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method.toUpperCase()) || 'Idempotency-Key' in headers;
}

function refuseUnusable({ status, headers }: AxiosResponse<unknown>): void {
  const retryAfter = retryAfterSeconds(headers['retry-after']);
  if (status === 429) throw new CallFailed('throttled', { status, retryAfter });
  if (status >= 500) throw new CallFailed('failing', { status, retryAfter });
  if (status < 200 || (status >= 300 && status < 400)) throw new CallFailed('answer_invalid', { status });
}

function toCallFailed(error: unknown): CallFailed {
  if (error instanceof CallFailed) return error;
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return new CallFailed('unreachable', { code: 'ETIMEDOUT' });
  return new CallFailed(isUnreadable(error) ? 'answer_invalid' : 'unreachable', { code });
}

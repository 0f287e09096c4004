import axios, {
  Axios,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import { currentRequest, renderTraceparent } from '../observability/request-context.ts';
import { CallFailed } from './call-failed.ts';
import type { DependencyState } from './circuit.ts';
import { createDependency, type DependencyOptions } from './dependency.ts';
import { createTransport, type TransportOptions, type TransportRequest } from './transport.ts';

export interface HttpClientOptions
  extends DependencyOptions,
    Pick<TransportOptions, 'connectDeadline' | 'proxy'> {
  /** The service. No call of this client goes anywhere else: absolute URLs and redirects are rejected. */
  baseUrl: string;
}

/** Calls one service that we depend on. */
export interface HttpClient {
  /**
   * Makes a call, within the request being served. GET, HEAD, PUT and DELETE are retried once (RFC 9110, section 9.2.2),
   * and so is a request with an `Idempotency-Key` ("The Idempotency-Key HTTP Header Field").
   *
   * @param userKey The user that the call is made for, if there is one.
   * @returns a response with status 2xx, or 4xx other than 429.
   * @throws {CallFailed}
   */
  call(request: AxiosRequestConfig, userKey?: string): Promise<AxiosResponse<unknown>>;
  state(): DependencyState;
  /** Breaks off the calls under way. */
  close(): Promise<void>;
}

const idempotentMethods = ['GET', 'HEAD', 'PUT', 'DELETE'];

/**
 * Creates the client for one service: axios on top of {@link createTransport}, with the policy of
 * {@link createDependency}. Every call carries the request's correlation ID and trace context (W3C Trace Context,
 * section 3.2).
 */
export function createHttpClient({
  baseUrl,
  connectDeadline,
  proxy,
  ...times
}: HttpClientOptions): HttpClient {
  const { origin } = new URL(baseUrl);
  const transport = createTransport({ connectDeadline, proxy });
  const dependency = createDependency(times);
  const { transformRequest = [], transformResponse = [] } = axios.defaults;
  // Without the defaults of the library, which are for browsers too: merging them is a third of the cost of a call.
  const client = new Axios({
    baseURL: baseUrl,
    allowAbsoluteUrls: false,
    validateStatus: null,
    headers: { Accept: 'application/json, text/plain, */*' },
    transformRequest,
    transformResponse,
  });

  /** Takes the place of the HTTP client of axios. */
  async function send(
    config: InternalAxiosRequestConfig<TransportRequest['body']>,
    signal: AbortSignal,
  ): Promise<AxiosResponse<unknown>> {
    const { url = '', params, paramsSerializer, method = 'get', headers, data, responseType } = config;
    const serializer = paramsSerializer && { paramsSerializer };
    const { pathname, search } = new URL(client.getUri({ url, params, ...serializer }));
    const response = await transport.send(
      { origin, pathname, search },
      {
        method: method.toUpperCase(),
        headers: {
          ...headers.toJSON(true),
          'Accept-Encoding': 'identity',
          'User-Agent': `axios/${axios.VERSION}`,
        },
        body: data,
      },
      signal,
    );
    const { status, body, failure } = response;
    if (failure) throw failure;
    if (status < 200 || (status >= 300 && status < 400)) throw new CallFailed('answer_invalid', { status });
    return {
      status,
      statusText: '',
      headers: response.headers,
      data: responseType === 'arraybuffer' ? body : body.toString(),
      config,
    };
  }

  return {
    call(request, userKey) {
      const { method = 'GET', headers = {} } = request;
      const context = currentRequest.getStore();
      const traceHeaders = context && {
        'x-correlation-id': context.correlationId,
        traceparent: renderTraceparent(context),
      };
      const traced = { ...request, headers: { ...headers, ...traceHeaders } };
      return dependency.call(
        (signal) =>
          client
            .request<unknown>({ ...traced, adapter: (config) => send(config, signal) })
            .catch(withoutToken),
        {
          userKey,
          repeatable: idempotentMethods.includes(method.toUpperCase()) || 'Idempotency-Key' in headers,
        },
      );
    },
    state: dependency.state,
    close: transport.close,
  };
}

/** Replaces an AxiosError, which holds the request with its token. */
function withoutToken(error: unknown): never {
  throw axios.isAxiosError(error) ? new CallFailed('answer_invalid', { code: error.code ?? '' }) : error;
}

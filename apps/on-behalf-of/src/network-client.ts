import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import {
  CallFailed,
  createDependency,
  createTransport,
  type DependencyState,
  type OutgoingProxy,
  type TransportResponse,
} from '@obo/service-defaults/calls';
import type { Telemetry } from '@obo/service-defaults/observability';
import {
  durationBuckets,
  outcomeOf,
  type RequestContext,
  renderTraceparent,
} from '@obo/service-defaults/observability';
import { z } from 'zod';
import { RejectedExchange, tokenErrorSchema } from './rejected-exchange.ts';

/** What MSAL does not keep of a token endpoint's response. */
export interface TokenEndpointOutcome {
  status: number | undefined;
  /** Why there was no usable response. */
  failure: CallFailed | undefined;
  /** What the endpoint said when it rejected the request. */
  rejection: RejectedExchange | undefined;
  /** MSAL puts it only into its own token cache. */
  refreshToken: string | undefined;
}

/** The part of a token response that MSAL does not return (RFC 6749, section 5.1). */
const refreshTokenSchema = z.object({ refresh_token: z.string().min(1) });

/** The exchange that a request is sent for. */
interface ExchangeInFlight {
  userKey: string;
  context: RequestContext | undefined;
  outcome: TokenEndpointOutcome;
}

/** The network clients of all exchanges. */
export interface NetworkClients {
  /**
   * Creates the client for one exchange. Its `outcome` is filled in as the token endpoint responds.
   *
   * @param userKey The user whose token is exchanged.
   * @param context The request that the exchange is made for, if there is one; its trace gets the spans.
   */
  forExchange(
    userKey: string,
    context: RequestContext | undefined,
  ): {
    networkClient: INetworkModule;
    outcome: TokenEndpointOutcome;
  };
  state(): DependencyState;
  /** Breaks off the requests under way. */
  close(): Promise<void>;
}

export interface NetworkClientOptions {
  /** Milliseconds for one attempt; MSAL itself has no deadline. */
  deadline: number;
  /** Milliseconds without requests after requests kept failing; 5 s if omitted. */
  circuitPause?: number | undefined;
  /** The proxy that requests over https go through; none if omitted. */
  proxy?: OutgoingProxy | undefined;
  telemetry?: Telemetry | undefined;
}

/** Bytes of the largest response that is read. */
const largestResponse = 512 * 1024;

/** Milliseconds for which a discovery document is reused. */
const keepDiscovery = 60 * 60_000;

/**
 * Creates the network clients for MSAL. Exchanges share connections, the retry and the circuit breaker. A caller that
 * goes away cancels nothing, because others may wait for the same token.
 */
export function createNetworkClients({
  telemetry: { meter } = {},
  proxy,
  ...times
}: NetworkClientOptions): NetworkClients {
  const transport = createTransport({ proxy, largestResponse, connections: 64 });
  const tokenEndpoint = createDependency(times);
  const tokenRequestDuration = meter?.createHistogram('obo_token_request_duration_seconds', {
    description: 'Requests to the token endpoint, each attempt on its own',
    advice: { explicitBucketBoundaries: durationBuckets },
  });
  const discovered = new Map<string, { at: number; response: NetworkResponse<unknown> }>();

  /** Makes one attempt, as a span of the trace it belongs to, and measures it if it requests a token. */
  async function send(
    url: string,
    method: 'GET' | 'POST',
    { headers, body }: NetworkRequestOptions,
    { context }: ExchangeInFlight,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    const [name, duration] =
      method === 'POST' ? (['token_request', tokenRequestDuration] as const) : (['discovery'] as const);
    const span = context?.instruments.tracer?.startSpan(name, { kind: 'client', parent: context });
    const trace = span ?? context;
    const started = performance.now();
    let outcome = 'error';
    let status: number | undefined;
    try {
      const response = await transport.send(
        new URL(url),
        { method, headers: { ...headers, ...(trace && { traceparent: renderTraceparent(trace) }) }, body },
        signal,
      );
      status = response.status;
      outcome = response.failure?.reason ?? (status >= 400 ? 'rejected' : 'ok');
      return response;
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      duration?.record((performance.now() - started) / 1000, { outcome });
      span?.end(outcome, { 'http.response.status_code': status });
    }
  }

  /** Sends a request and returns the response, whatever its status, because MSAL reads the errors in it. */
  async function call(
    url: string,
    method: 'GET' | 'POST',
    options: NetworkRequestOptions,
    exchange: ExchangeInFlight,
  ): Promise<TransportResponse> {
    let response: TransportResponse | undefined;
    try {
      return await tokenEndpoint.call(
        async (signal) => {
          response = undefined;
          response = await send(url, method, options, exchange, signal);
          if (response.failure) throw response.failure;
          return response;
        },
        { userKey: exchange.userKey, repeatable: true, within: 'process' },
      );
    } catch (error) {
      if (error instanceof CallFailed) exchange.outcome.failure = error;
      if (response) return response;
      throw error;
    }
  }

  return {
    forExchange(userKey, context) {
      const outcome: TokenEndpointOutcome = {
        status: undefined,
        failure: undefined,
        rejection: undefined,
        refreshToken: undefined,
      };
      const exchange = { userKey, context, outcome };
      const networkClient: INetworkModule = {
        async sendGetRequestAsync<Body>(url: string, options: NetworkRequestOptions = {}) {
          const known = discovered.get(url);
          if (known && Date.now() - known.at < keepDiscovery) {
            const body: Body = JSON.parse(JSON.stringify(known.response.body));
            return { ...known.response, body };
          }
          const { status, headers, body: bytes } = await call(url, 'GET', options, exchange);
          const body: Body = JSON.parse(bytes.toString());
          const response = { status, headers, body };
          if (status === 200) discovered.set(url, { at: Date.now(), response });
          return response;
        },
        async sendPostRequestAsync<Body>(url: string, options: NetworkRequestOptions = {}) {
          const { status, headers, body: bytes } = await call(url, 'POST', options, exchange);
          outcome.status = status;
          const body: Body = JSON.parse(bytes.toString());
          const rejected = status < 400 ? undefined : tokenErrorSchema.safeParse(body).data;
          if (rejected) outcome.rejection = new RejectedExchange(rejected);
          outcome.refreshToken = refreshTokenSchema.safeParse(body).data?.refresh_token;
          return { status, headers, body };
        },
      };
      return { networkClient, outcome };
    },
    state: tokenEndpoint.state,
    close: transport.close,
  };
}

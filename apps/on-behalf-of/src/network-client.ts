import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import {
  CallFailed,
  codeOf,
  createCircuit,
  createRetries,
  type DependencyState,
  isUnreadable,
  retryAfterSeconds,
  withinTime,
} from '@obo/service-defaults/calls';
import {
  durationBuckets,
  outcomeOf,
  type RequestContext,
  renderTraceparent,
} from '@obo/service-defaults/observability';
import type { Telemetry } from '@obo/service-defaults/server';
import { Agent, request } from 'undici';

/** What the token endpoint answered, as far as MSAL's errors do not tell it. */
export interface TokenEndpointOutcome {
  status: number | undefined;
  /** Why there is no answer that could be used. */
  failure: CallFailed | undefined;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

interface ExchangeUnderWay {
  person: string;
  context: RequestContext | undefined;
  outcome: TokenEndpointOutcome;
}

/** The network clients of all exchanges. */
export interface NetworkClients {
  /**
   * A client for one exchange, which notes what the token endpoint answered.
   *
   * @param person Whose exchange it is; see `Circuit.run`.
   * @param context The request that the exchange is made for, if for one; its requests belong to that trace.
   */
  forExchange(
    person: string,
    context: RequestContext | undefined,
  ): {
    networkClient: INetworkModule;
    outcome: TokenEndpointOutcome;
  };
  state(): DependencyState;
  /** Breaks off what is under way; nobody may wait for it any more. */
  close(): Promise<void>;
}

export interface NetworkClientOptions {
  /** Milliseconds for one attempt; MSAL itself would wait for ever. */
  deadline: number;
  /** Milliseconds for which nothing is asked when requests keep failing; 5 s if omitted. */
  circuitPause?: number | undefined;
  telemetry?: Telemetry | undefined;
}

const connectDeadline = 1_000;
const longestAnswer = 512 * 1024;
const keepDiscovery = 60 * 60_000;

/**
 * Makes the network clients of MSAL: connections are shared and kept alive between exchanges, every request has a
 * deadline, and what MSAL does not tell of an answer is kept.
 *
 * A request is retried once if the endpoint could not be reached or answered 502, 503 or 504; when requests keep
 * failing none is made for a while. The caller of one person going away cancels nothing, as others may wait for the
 * same token.
 */
export function createNetworkClients({
  deadline,
  circuitPause,
  telemetry: { meter } = {},
}: NetworkClientOptions): NetworkClients {
  const dispatcher = new Agent({
    connections: 64,
    keepAliveTimeout: 55_000,
    connect: { timeout: connectDeadline },
    maxResponseSize: longestAnswer,
  });
  const circuit = createCircuit(circuitPause);
  const retries = createRetries();
  const tokenRequestDuration = meter?.createHistogram('obo_token_request_duration_seconds', {
    description: 'Requests to the token endpoint, each attempt for itself',
    advice: { explicitBucketBoundaries: durationBuckets },
  });
  const discovered = new Map<string, { at: number; response: NetworkResponse<unknown> }>();

  async function send(
    url: string,
    method: 'GET' | 'POST',
    options: NetworkRequestOptions,
    signal: AbortSignal,
  ) {
    try {
      signal.throwIfAborted();
      const { statusCode, headers, body } = await request(url, {
        dispatcher,
        method,
        headers: options.headers ?? {},
        body: method === 'POST' ? (options.body ?? '') : null,
        signal,
      });
      const flat: Record<string, string> = {};
      for (const [name, value] of Object.entries(headers))
        if (value !== undefined) flat[name] = String(value);
      return { status: statusCode, headers: flat, text: await body.text() };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new CallFailed(isUnreadable(error) ? 'answer_invalid' : 'unreachable', { code: codeOf(error) });
    }
  }

  /** Sends it as a span of the trace that it belongs to, and counts it if it asks for a token. */
  async function sendObserved(
    url: string,
    method: 'GET' | 'POST',
    options: NetworkRequestOptions,
    context: RequestContext | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    const [name, duration] =
      method === 'POST' ? (['token_request', tokenRequestDuration] as const) : (['discovery'] as const);
    const span = context?.instruments.tracer?.startSpan(name, { kind: 'client', parent: context });
    const trace = span ?? context;
    const headers = { ...options.headers, ...(trace && { traceparent: renderTraceparent(trace) }) };
    const started = performance.now();
    const end = (outcome: string, status?: number): void => {
      duration?.record((performance.now() - started) / 1000, { outcome });
      span?.end(outcome, { 'http.response.status_code': status });
    };
    try {
      const answer = await send(url, method, { ...options, headers }, signal);
      end(failureOf(answer)?.reason ?? (answer.status >= 400 ? 'refused' : 'ok'), answer.status);
      return answer;
    } catch (error) {
      end(outcomeOf(error));
      throw error;
    }
  }

  /** The answer, whatever its status; `outcome` tells whether it is a failure. */
  async function ask(
    url: string,
    method: 'GET' | 'POST',
    options: NetworkRequestOptions,
    { person, context, outcome }: ExchangeUnderWay,
  ): Promise<Answer> {
    let answer: Answer | undefined;
    const attempt = () =>
      withinTime(deadline, (signal) =>
        circuit.run(async () => {
          answer = undefined;
          answer = await sendObserved(url, method, options, context, signal);
          const failure = failureOf(answer);
          if (failure) throw failure;
          return answer;
        }, person),
      );
    try {
      // What the token is for needs time as well, if seldom all that it may have.
      return await retries.run(attempt, 1.5 * deadline);
    } catch (error) {
      if (error instanceof CallFailed) outcome.failure = error;
      if (answer) return answer;
      throw error;
    }
  }

  return {
    forExchange(person, context) {
      const outcome: TokenEndpointOutcome = { status: undefined, failure: undefined };
      const exchange = { person, context, outcome };
      const networkClient: INetworkModule = {
        async sendGetRequestAsync<Body>(url: string, options: NetworkRequestOptions = {}) {
          const known = discovered.get(url);
          if (known && Date.now() - known.at < keepDiscovery) {
            const body: Body = JSON.parse(JSON.stringify(known.response.body));
            return { ...known.response, body };
          }
          const { status, headers, text } = await ask(url, 'GET', options, exchange);
          const body: Body = JSON.parse(text);
          const response = { status, headers, body };
          if (status === 200) discovered.set(url, { at: Date.now(), response });
          return response;
        },
        async sendPostRequestAsync<Body>(url: string, options: NetworkRequestOptions = {}) {
          const { status, headers, text } = await ask(url, 'POST', options, exchange);
          outcome.status = status;
          const body: Body = JSON.parse(text);
          return { status, headers, body };
        },
      };
      return { networkClient, outcome };
    },
    state: circuit.state,
    close: () => dispatcher.destroy(),
  };
}

/** What an answer says that the endpoint cannot do now. */
function failureOf({ status, headers }: Answer): CallFailed | undefined {
  const retryAfter = retryAfterSeconds(headers['retry-after']);
  if (status === 429) return new CallFailed('throttled', { status, retryAfter });
  return status >= 500 ? new CallFailed('failing', { status, retryAfter }) : undefined;
}

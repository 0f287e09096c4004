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
} from '@obo/service-defaults';
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

/** The network clients of all exchanges. */
export interface NetworkClients {
  /** A client for one exchange, which notes what the token endpoint answered. */
  forExchange(): { networkClient: INetworkModule; outcome: TokenEndpointOutcome };
  state(): DependencyState;
  /** Breaks off what is under way; nobody may wait for it any more. */
  close(): Promise<void>;
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
 *
 * @param deadline Milliseconds for one attempt; MSAL itself would wait for ever.
 * @param circuitPause Milliseconds for which nothing is asked when requests keep failing.
 */
export function createNetworkClients(deadline: number, circuitPause?: number): NetworkClients {
  const dispatcher = new Agent({
    connections: 64,
    keepAliveTimeout: 55_000,
    connect: { timeout: connectDeadline },
    maxResponseSize: longestAnswer,
  });
  const circuit = createCircuit(circuitPause);
  const retries = createRetries();
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

  /** The answer, whatever its status; `outcome` tells whether it is a failure. */
  async function ask(
    url: string,
    method: 'GET' | 'POST',
    options: NetworkRequestOptions,
    outcome: TokenEndpointOutcome,
  ): Promise<Answer> {
    let answer: Answer | undefined;
    const attempt = () =>
      withinTime(deadline, (signal) =>
        circuit.run(async () => {
          answer = undefined;
          answer = await send(url, method, options, signal);
          const { status, headers } = answer;
          const retryAfter = retryAfterSeconds(headers['retry-after']);
          if (status === 429) throw new CallFailed('throttled', { status, retryAfter });
          if (status >= 500) throw new CallFailed('failing', { status, retryAfter });
          return answer;
        }),
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
    forExchange() {
      const outcome: TokenEndpointOutcome = { status: undefined, failure: undefined };
      const networkClient: INetworkModule = {
        async sendGetRequestAsync<Body>(url: string, options: NetworkRequestOptions = {}) {
          const known = discovered.get(url);
          if (known && Date.now() - known.at < keepDiscovery) {
            const body: Body = JSON.parse(JSON.stringify(known.response.body));
            return { ...known.response, body };
          }
          const { status, headers, text } = await ask(url, 'GET', options, outcome);
          const body: Body = JSON.parse(text);
          const response = { status, headers, body };
          if (status === 200) discovered.set(url, { at: Date.now(), response });
          return response;
        },
        async sendPostRequestAsync<Body>(url: string, options: NetworkRequestOptions = {}) {
          const { status, headers, text } = await ask(url, 'POST', options, outcome);
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

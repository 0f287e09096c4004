import { Agent, EnvHttpProxyAgent, errors } from 'undici';
import { CallFailed, codeOf } from './call-failed.ts';

export interface TransportRequest {
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array | null | undefined;
}

/** A complete response, whatever its status. */
export interface TransportResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Set if the status is 429 or 5xx. */
  failure: CallFailed | undefined;
}

/** Sends requests over connections that are kept alive. */
export interface Transport {
  /**
   * Sends one request. Follows no redirect: a token goes only where the configuration says.
   *
   * @param signal Ends the request; the reason is thrown.
   * @throws {CallFailed} `unreachable`; `answer_invalid` for a response that is not HTTP, too large or compressed.
   */
  send(
    url: Pick<URL, 'origin' | 'pathname' | 'search'>,
    request: TransportRequest,
    signal: AbortSignal,
  ): Promise<TransportResponse>;
  /** Breaks off the requests under way. */
  close(): Promise<void>;
}

/** The proxy that calls over https go through, in a tunnel (RFC 9110, section 9.3.6), so it cannot read them. */
export interface OutgoingProxy {
  url: string;
  /** Hosts that are called without it, separated by commas. */
  except: string;
}

export interface TransportOptions {
  /** None if omitted. Calls over plain http never go through it. */
  proxy?: OutgoingProxy | undefined;
  /** Milliseconds for making a connection, including the TLS handshake; 1 s if omitted. */
  connectDeadline?: number | undefined;
  /** Bytes of the largest response that is read; 2 MB if omitted. */
  largestResponse?: number;
  /** Connections to one origin at most; 256 if omitted. */
  connections?: number;
}

/** Milliseconds for which an idle connection is kept, unless the server names another time. */
const keepAliveTimeout = 55_000;

/**
 * Creates the HTTP client under every outgoing call: undici, with keep-alive and responses of a bounded size. Deadlines
 * are those of the signal.
 */
export function createTransport({
  proxy,
  connectDeadline = 1_000,
  largestResponse = 2 * 1024 * 1024,
  connections = 256,
}: TransportOptions = {}): Transport {
  const options = {
    connections,
    keepAliveTimeout,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: largestResponse,
    connect: { timeout: connectDeadline },
  };
  // With all three options, undici reads no variable of the environment.
  const agent = proxy
    ? new EnvHttpProxyAgent({
        ...options,
        connectTimeout: connectDeadline,
        httpProxy: '',
        httpsProxy: proxy.url,
        noProxy: proxy.except,
      })
    : new Agent(options);

  return {
    async send({ origin, pathname, search }, { method, headers, body: content = null }, signal) {
      try {
        signal.throwIfAborted();
        const path = pathname + search;
        const response = await agent.request({ origin, path, method, headers, body: content, signal });
        const flat: Record<string, string> = {};
        for (const [name, value] of Object.entries(response.headers)) flat[name] = String(value);
        const { statusCode: status } = response;
        // Nothing is unpacked, so that a small response cannot become a large one.
        if ((flat['content-encoding'] ?? 'identity') !== 'identity') {
          response.body.on('error', () => {}).destroy();
          throw new CallFailed('answer_invalid', { status });
        }
        const body = Buffer.from(await response.body.bytes());
        const failure = status === 429 || status >= 500 ? failureOf(status, flat['retry-after']) : undefined;
        return { status, headers: flat, body, failure };
      } catch (error) {
        throw signal.aborted ? signal.reason : toCallFailed(error);
      }
    },
    close: () => agent.destroy(),
  };
}

function toCallFailed(error: unknown): CallFailed {
  if (error instanceof CallFailed) return error;
  if (error instanceof errors.ConnectTimeoutError)
    return new CallFailed('unreachable', { code: 'ETIMEDOUT' });
  const isUnreadable =
    error instanceof errors.HTTPParserError ||
    error instanceof errors.ResponseExceededMaxSizeError ||
    error instanceof errors.HeadersOverflowError;
  return new CallFailed(isUnreadable ? 'answer_invalid' : 'unreachable', { code: codeOf(error) });
}

const failureOf = (status: number, retryAfter: string | undefined): CallFailed =>
  new CallFailed(status === 429 ? 'throttled' : 'failing', {
    status,
    retryAfter: retryAfterSeconds(retryAfter),
  });

/** Reads `Retry-After`, in seconds or as a date (RFC 9110, section 10.2.3); returns `undefined` for anything else. */
function retryAfterSeconds(header = ''): number | undefined {
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const date = httpDate.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

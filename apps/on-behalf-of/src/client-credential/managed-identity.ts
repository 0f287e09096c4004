import {
  AuthError,
  type INetworkModule,
  ManagedIdentityApplication,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import {
  CallFailed,
  codeOf,
  createCircuit,
  createRetries,
  type DependencyState,
  retryAfterSeconds,
} from '@obo/service-defaults/calls';
import { request } from 'undici';

/** A user-assigned managed identity that the app registration trusts. */
export interface ManagedIdentity {
  /**
   * A token of the identity, good as a client assertion for a minute at least.
   *
   * @throws {CallFailed} when the endpoint of the platform gives none.
   * @throws {AuthError} when it refuses: the identity is not one of this machine's.
   */
  assertion(): Promise<string>;
  state(): DependencyState;
}

export interface ManagedIdentityOptions {
  clientId: string;
  /** What the token is for, as the federated identity credential names it. */
  audience: string;
  /** Milliseconds for one request to the endpoint; MSAL itself would wait for ever. */
  deadline: number;
  /** Milliseconds for which it is not asked when requests keep failing; 5 s if omitted. */
  circuitPause?: number | undefined;
}

/** Milliseconds that a token must still be good for. */
const margin = 60_000;

/**
 * Gets tokens from the endpoint that the platform gives to what runs on it (App Service, Container Apps, virtual
 * machines, …). MSAL finds the endpoint, and keeps the token; calls at the same time share one request.
 *
 * MSAL asks for a new token half-way, and fails if it gets none. The old one serves as long as it is good.
 *
 * Source: "Configure an application to trust a managed identity".
 */
export function createManagedIdentity(options: ManagedIdentityOptions): ManagedIdentity {
  const { clientId, audience, deadline, circuitPause } = options;
  const application = new ManagedIdentityApplication({
    managedIdentityIdParams: { userAssignedClientId: clientId },
    system: { networkClient: createNetworkClient(deadline), disableInternalRetries: true },
  });
  const circuit = createCircuit(circuitPause);
  const retries = createRetries();
  let latest: { assertion: string; expiresAt: number } | undefined;
  let inFlight: Promise<string> | undefined;

  async function ask(): Promise<string> {
    try {
      const { accessToken, expiresOn } = await application.acquireToken({ resource: audience });
      if (accessToken === '' || !expiresOn) throw new CallFailed('answer_invalid');
      latest = { assertion: accessToken, expiresAt: expiresOn.getTime() };
      return accessToken;
    } catch (error) {
      throw error instanceof AuthError && error.cause instanceof CallFailed ? error.cause : error;
    }
  }

  return {
    assertion() {
      inFlight ??= retries
        .run(() => circuit.run(ask), deadline)
        .catch((error: unknown) => {
          if (latest && latest.expiresAt - margin > Date.now()) return latest.assertion;
          throw error;
        })
        .finally(() => {
          inFlight = undefined;
        });
      return inFlight;
    },
    state: circuit.state,
  };
}

/** Carries a failure through MSAL, which passes on its own errors only. */
const throughMsal = (failure: CallFailed) =>
  Object.assign(new AuthError('endpoint_failed', ''), { cause: failure });

/** One for the whole process is what MSAL uses, whichever came first; so it holds nothing. */
function createNetworkClient(deadline: number): INetworkModule {
  async function send<Body>(
    url: string,
    method: 'GET' | 'POST',
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<Body>> {
    const signal = AbortSignal.timeout(deadline);
    try {
      const answer = await request(url, { method, headers, body: body ?? null, signal });
      const status = answer.statusCode;
      const text = await answer.body.text();
      // The metadata service answers 404 and 410 while it starts ("Retry guidance" for managed identities).
      if (status === 404 || status === 410 || status === 429 || status >= 500) {
        throw new CallFailed(status === 429 ? 'throttled' : 'failing', {
          status,
          retryAfter: retryAfterSeconds(answer.headers['retry-after']),
        });
      }
      const parsed: Body = parseJson(text);
      return { status, headers: {}, body: parsed };
    } catch (error) {
      if (error instanceof CallFailed) throw throughMsal(error);
      const code = codeOf(error);
      throw throughMsal(new CallFailed(signal.aborted ? 'timed_out' : 'unreachable', { code }));
    }
  }
  return {
    sendGetRequestAsync: (url, options) => send(url, 'GET', options),
    sendPostRequestAsync: (url, options) => send(url, 'POST', options),
  };
}

function parseJson(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    throw new CallFailed('answer_invalid');
  }
}

import {
  AuthError,
  type INetworkModule,
  ManagedIdentityApplication,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import {
  CallFailed,
  createDependency,
  createTransport,
  type DependencyState,
} from '@obo/service-defaults/calls';

/** A user-assigned managed identity that the app registration trusts. */
export interface ManagedIdentity {
  /**
   * Gets a token of the identity, valid as a client assertion for at least a minute.
   *
   * @throws {CallFailed} when the platform's endpoint returns none.
   * @throws {AuthError} when it rejects the request: this machine does not have the identity.
   */
  assertion(): Promise<string>;
  state(): DependencyState;
}

export interface ManagedIdentityOptions {
  clientId: string;
  /** The audience of the token, as in the federated identity credential. */
  audience: string;
  /** Milliseconds for one request to the endpoint; MSAL itself has no deadline. */
  deadline: number;
  /** Milliseconds without requests after requests kept failing; 5 s if omitted. */
  circuitPause?: number | undefined;
}

/** Milliseconds for which a token must still be valid. */
const margin = 60_000;

/**
 * Gets tokens from the endpoint that the platform provides (App Service, Container Apps, virtual machines, …). MSAL finds
 * the endpoint, and caches the token; simultaneous calls share one request.
 *
 * MSAL requests a new token half-way through the lifetime, and fails if it gets none. The old token is used until it
 * expires.
 *
 * Source: "Configure an application to trust a managed identity".
 */
export function createManagedIdentity(options: ManagedIdentityOptions): ManagedIdentity {
  const { clientId, audience, deadline, circuitPause } = options;
  const application = new ManagedIdentityApplication({
    managedIdentityIdParams: { userAssignedClientId: clientId },
    system: { networkClient: createNetworkClient(deadline), disableInternalRetries: true },
  });
  const endpoint = createDependency({ deadline, circuitPause });
  let latest: { assertion: string; expiresAt: number } | undefined;
  let inFlight: Promise<string> | undefined;

  async function acquire(): Promise<string> {
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
      inFlight ??= endpoint
        .call(acquire, { repeatable: true, within: 'process' })
        .catch((error: unknown) => {
          if (latest && latest.expiresAt - margin > Date.now()) return latest.assertion;
          throw error;
        })
        .finally(() => {
          inFlight = undefined;
        });
      return inFlight;
    },
    state: endpoint.state,
  };
}

/**
 * Creates the network client of MSAL. MSAL uses the first one of the process for every identity, so it holds no state of
 * one, and has a deadline of its own.
 */
function createNetworkClient(deadline: number): INetworkModule {
  const transport = createTransport();

  async function send<Body>(
    url: string,
    method: 'GET' | 'POST',
    { headers = {}, body }: NetworkRequestOptions = {},
  ): Promise<NetworkResponse<Body>> {
    try {
      const response = await transport
        .send(new URL(url), { method, headers, body }, AbortSignal.timeout(deadline))
        .catch((error: unknown) => {
          throw error instanceof CallFailed ? error : new CallFailed('timed_out');
        });
      const { status } = response;
      // The metadata service answers 404 and 410 while it starts ("Retry guidance" for managed identities).
      const failure =
        status === 404 || status === 410 ? new CallFailed('failing', { status }) : response.failure;
      if (failure) throw failure;
      return { status, headers: {}, body: parseJson(response.body.toString()) };
    } catch (error) {
      // MSAL passes on its own errors only.
      throw Object.assign(new AuthError('endpoint_failed', ''), { cause: error });
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

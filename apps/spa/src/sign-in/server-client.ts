import {
  type AccountInfo,
  type AuthenticationResult,
  InteractionRequiredAuthError,
  type IPublicClientApplication,
  Logger,
  type RedirectRequest,
  ServerError,
  stubbedPublicClientApplication,
} from '@azure/msal-browser';
import type { SpaConfiguration } from '../configuration/configuration-schema.ts';
import { z } from '../configuration/zod.ts';

const accountSchema = z.object({
  homeAccountId: z.string(),
  localAccountId: z.string(),
  tenantId: z.string(),
  environment: z.string(),
  username: z.string(),
  name: z.string(),
});

const sessionSchema = z.object({
  account: z.nullable(accountSchema),
  /** How the sign-in ended that the page loads after, if it does. */
  outcome: z.nullable(
    z.union([
      z.object({ succeeded: z.literal(true) }),
      z.object({ error: z.string(), number: z.optional(z.string()) }),
    ]),
  ),
});

const signOutSchema = z.object({ url: z.url({ protocol: /^https?$/ }) });

/**
 * Creates the client for a page whose tokens are on the server (apps/bff). It has the form of MSAL's client, so that
 * nothing else needs to know. In place of an access token it returns the user's `homeAccountId`: the server adds the token,
 * and rejects a request for another user than the one who is signed in.
 *
 * @throws {ServerError} if the server does not answer as expected.
 */
export async function createServerClient({
  authority,
}: Pick<SpaConfiguration, 'authority'>): Promise<IPublicClientApplication> {
  const session = await readJson(await call('GET', '/session', 'none'), sessionSchema);
  let { account } = session;
  let { outcome } = session;

  const resultFor = (signedIn: AccountInfo): AuthenticationResult => ({
    accessToken: signedIn.homeAccountId,
    account: signedIn,
    authority,
    uniqueId: signedIn.localAccountId,
    tenantId: signedIn.tenantId,
    scopes: [],
    idToken: '',
    idTokenClaims: {},
    fromCache: true,
    expiresOn: null,
    tokenType: 'Bearer',
    correlationId: '',
  });

  return {
    ...stubbedPublicClientApplication,
    initialize: async () => undefined,
    initializeWrapperLibrary: () => undefined,
    addEventCallback: () => null,
    removeEventCallback: () => undefined,
    getLogger: () => new Logger({}),
    getAllAccounts: () => (account ? [account] : []),
    getActiveAccount: () => account,
    setActiveAccount: () => undefined,

    async handleRedirectPromise() {
      const ended = outcome;
      outcome = null;
      if (ended === null) return null;
      if ('error' in ended) throw new ServerError(ended.error, '', '', undefined, ended.number);
      return account ? resultFor(account) : null;
    },

    async acquireTokenSilent({ forceRefresh }) {
      if (account === null) throw new InteractionRequiredAuthError('no_account_error', '');
      if (!forceRefresh) return resultFor(account);
      const response = await call('POST', '/session/renewal', account.homeAccountId);
      if (response.status === 401) throw new InteractionRequiredAuthError('login_required', '');
      if (!response.ok) throw new ServerError('temporarily_unavailable', '');
      return resultFor(account);
    },

    loginRedirect: goToSignIn,
    acquireTokenRedirect: goToSignIn,

    async logoutRedirect() {
      const leaving = account;
      // At once, so that this tab ignores what it tells the other ones.
      account = null;
      try {
        const response = await call('POST', '/session/end', leaving?.homeAccountId ?? 'none');
        // Signed out already, for example in another tab.
        if (response.status === 401) return window.location.replace('/');
        window.location.assign((await readJson(response, signOutSchema)).url);
      } catch (error) {
        account = leaving;
        throw error;
      }
    },

    async clearCache() {
      account = null;
    },
  };
}

/** Leaves the page for the server's sign-in, which comes back to it. */
async function goToSignIn({ prompt, claims }: Partial<RedirectRequest> = {}): Promise<void> {
  const { pathname, search } = window.location;
  const parameters = new URLSearchParams({ return_to: pathname + search });
  if (prompt) parameters.set('prompt', prompt);
  if (claims) parameters.set('claims', claims);
  window.location.assign(`/sign-in?${parameters}`);
}

function call(method: 'GET' | 'POST', path: string, user: string): Promise<Response> {
  const headers = { 'X-Session-User': user };
  return fetch(path, { method, headers, cache: 'no-store', credentials: 'same-origin', redirect: 'error' });
}

async function readJson<Schema extends z.ZodMiniType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ServerError('server_error', '');
}

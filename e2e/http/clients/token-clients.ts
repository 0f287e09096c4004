import { password, type SignInError, signInOverHttp } from '@obo/local-tenant';
import type { Chain } from '../../chain/chain.ts';
import { type Answers, type Client, priya, signInParametersFor, type UserAtClient } from './client.ts';

export const spaUrl = 'http://localhost:1';
export const mobileRedirectUri = 'msauth.com.contoso.leave://auth';

/** What the middle tier answers to each token. The SPA itself is tested in a browser, in e2e/browser. */
const answers: Answers = {
  'the user declines to consent': { number: 65004, error: 'access_denied' },
  'all is well': { status: 200, body: { profile: { state: 'ok' }, leave: { state: 'ok' } } },
  'the access token has expired': { status: 401, body: { code: 'invalid_token' } },
  'the consent was withdrawn': {
    status: 200,
    body: { profile: { state: 'action_required', challenge: { kind: 'consent' } } },
  },
  'a policy requires a second factor': {
    status: 200,
    body: { leave: { state: 'action_required', challenge: { kind: 'claims' } } },
  },
  'the user was signed out everywhere': { status: 401, body: { code: 'invalid_token' } },
  'the client is not on the allow-list': { status: 403, body: { code: 'client_not_allowed' } },
};

const openWith =
  (key: 'spa' | 'mobile', where: { redirectUri: string; origin?: string }) =>
  async (chain: Chain): Promise<UserAtClient> => {
    let token = '';
    let latest: unknown;
    async function acquire(parameters: Record<string, string>, consent: 'accept' | 'decline' = 'accept') {
      const { access_token } = await signInOverHttp({
        authorityMetadata: chain.tenant.authorityMetadata,
        clientId: chain.environments[key].CLIENT_ID ?? '',
        scopes: [`${chain.environments.spa.API_APP_ID_URI}/.default`],
        username: priya,
        password,
        consent,
        // As MSAL does for a client with the capability cp1.
        parameters: { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}', ...parameters },
        ...where,
      });
      token = access_token;
    }
    return {
      signIn: (consent) =>
        acquire({}, consent).then(
          () => ({}),
          (error: SignInError) => error,
        ),
      async readOverview() {
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(`${chain.middleTierUrl}/api/overview`, { headers });
        latest = await response.json();
        return { status: response.status, body: latest };
      },
      recover: () => acquire(signInParametersFor(latest)),
      close: async () => {},
    };
  };

export const singlePageApp: Client = {
  name: 'a single-page app',
  answers,
  open: openWith('spa', { redirectUri: `${spaUrl}/redirect.html`, origin: spaUrl }),
};

export const mobileApp: Client = {
  name: 'a mobile app',
  answers,
  open: openWith('mobile', { redirectUri: mobileRedirectUri }),
};

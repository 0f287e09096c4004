import { startBffInstance } from '../../chain/bff.ts';
import { openBrowser } from '../bff/browser.ts';
import { type Client, priya, signInParametersFor } from './client.ts';

const whole = { status: 200, body: { profile: { state: 'ok' }, leave: { state: 'ok' } } };

export const backendForFrontend: Client = {
  name: 'the backend for frontend',
  answers: {
    'the user declines to consent': {
      account: null,
      outcome: { error: 'access_denied', number: '65004' },
    },
    'all is well': whole,
    'the access token has expired': whole,
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
  },
  async open(chain) {
    const bff = await startBffInstance(chain.environments.bff);
    const browser = openBrowser({ bffUrl: bff.url });
    let latest: unknown;
    return {
      async signIn(consent) {
        await browser.signIn(priya, { consent });
        return browser.readSession();
      },
      async readOverview() {
        const response = await browser.request('/api/overview');
        latest = await response.json();
        return { status: response.status, body: latest };
      },
      async recover() {
        await browser.signIn(priya, { query: `?${new URLSearchParams(signInParametersFor(latest))}` });
        await browser.readSession();
      },
      close: bff.close,
    };
  },
};

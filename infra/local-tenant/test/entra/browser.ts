import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { readForms, readShownError } from '../../src/sign-in-pages.ts';
import { createVisitor } from '../../src/visitor.ts';
import { spaRedirectUri, type TestTenant } from './tenant.ts';

export const codeVerifier = 'a-code-verifier-of-at-least-forty-three-characters';

/** The result of a request: a page or a redirect. */
export interface Seen {
  status: number;
  response: Response;
  page: string;
  /** AADSTS number of the error on the page. */
  shown: number | undefined;
  /** Parameters of a redirect to the client, from query or fragment. */
  answer: Record<string, string>;
  /** Steps of the forms on the page. */
  steps: string[];
}

/** A browser without a screen. Keeps cookies and the current page. */
export interface Browser {
  open(url: URL | string): Promise<Seen>;
  /** Opens the authorization endpoint as the SPA does, with changed parameters; `undefined` removes one. */
  authorize(changes?: Record<string, string | undefined>): Promise<Seen>;
  /** Fills in and submits the form for a step on the current page. */
  submit(step: string, fields?: Record<string, string>): Promise<Seen>;
  post(url: URL | string, fields: Record<string, string>): Promise<Seen>;
}

export function openBrowser(tenant: TestTenant): Browser {
  const visit = createVisitor();
  let page = '';
  const see = async (response: Response): Promise<Seen> => {
    page = await response.text();
    const location = URL.parse(response.headers.get('location') ?? '');
    const parameters = new URLSearchParams(location ? location.hash.slice(1) || location.search : '');
    return {
      status: response.status,
      response,
      page,
      shown: readShownError(page)?.number,
      answer: Object.fromEntries(parameters),
      steps: readForms(page).map(({ step }) => step),
    };
  };
  const browser: Browser = {
    open: async (url) => see(await visit(url)),
    authorize: (changes = {}) => browser.open(authorizeUrl(tenant, changes)),
    async submit(step, fields = {}) {
      const form = readForms(page).find((one) => one.step === step);
      expect(form, `a form for ${step} on: ${page}`).toBeDefined();
      return browser.post(new URL(form?.action ?? '', tenant.baseUrl), { ...form?.fields, ...fields });
    },
    post: async (url, fields) => see(await visit(url, new URLSearchParams(fields))),
  };
  return browser;
}

export function authorizeParameters(tenant: TestTenant, changes: Record<string, string | undefined> = {}) {
  const parameters = {
    client_id: tenant.apps.spa,
    redirect_uri: spaRedirectUri,
    response_type: 'code',
    response_mode: 'fragment',
    scope: `openid profile offline_access ${tenant.spaScope}`,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'the-state',
    ...changes,
  };
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export function authorizeUrl(tenant: TestTenant, changes: Record<string, string | undefined> = {}): URL {
  const url = new URL(tenant.authorityMetadata.authorization_endpoint);
  url.search = new URLSearchParams(authorizeParameters(tenant, changes)).toString();
  return url;
}

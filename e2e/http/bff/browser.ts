import { password, signInForWebAppOverHttp } from '@obo/local-tenant';
import { z } from 'zod';
import type { BffChain } from '../../chain/bff.ts';

export const priya = 'priya.raman@contoso.example';
export const amara = 'amara.okafor@contoso.example';

export const sessionSchema = z.object({
  account: z.object({ homeAccountId: z.string(), username: z.string() }).nullable(),
  outcome: z
    .union([
      z.object({ succeeded: z.literal(true) }),
      z.object({ error: z.string(), number: z.string().optional() }),
    ])
    .nullable(),
});

/** A browser with the page of the SPA, reduced to requests and cookies. */
export interface Browser {
  /** The cookies, by name. */
  cookies: Map<string, string>;
  /** The header of the SPA: the user whom the page shows. */
  user: string;
  /** ID of the session at the identity provider. */
  sid: string;
  /** Sends a request to the backend for frontend. Follows no redirect. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Goes to the sign-in, signs in on the pages of the tenant, and returns the response to coming back. */
  signIn(as?: string, options?: { query?: string; consent?: 'accept' | 'decline' }): Promise<Response>;
  /** Signs in where a response leads to, and returns the response to coming back. */
  comeBack(leaving: Response, as?: string, consent?: 'accept' | 'decline'): Promise<Response>;
  /** Reads who is signed in, and shows that user from now on. */
  readSession(): Promise<z.output<typeof sessionSchema>>;
}

export function openBrowser(
  { bffUrl }: Pick<BffChain, 'bffUrl'>,
  cookies = new Map<string, string>(),
): Browser {
  const browser: Browser = {
    cookies,
    user: 'none',
    sid: '',
    async request(path, init = {}) {
      const headers = new Headers({
        'X-Session-User': browser.user,
        Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      });
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
      const response = await fetch(new URL(path, bffUrl), { ...init, headers, redirect: 'manual' });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
    async signIn(as = priya, { query = '', consent = 'accept' } = {}) {
      return browser.comeBack(await browser.request(`/sign-in${query}`), as, consent);
    },
    async comeBack(leaving, as = priya, consent = 'accept') {
      const address = new URL(leaving.headers.get('location') ?? '');
      // The user may choose another account than the one that is proposed.
      address.searchParams.delete('login_hint');
      const back = await signInForWebAppOverHttp(address, { username: as, password, consent });
      browser.sid = back.searchParams.get('session_state') ?? '';
      return browser.request(back.pathname + back.search);
    },
    async readSession() {
      const session = sessionSchema.parse(await (await browser.request('/session')).json());
      browser.user = session.account?.homeAccountId ?? 'none';
      return session;
    },
  };
  return browser;
}

/** Opens a browser in which a user has signed in. */
export async function openSignedIn(chain: BffChain, as = priya): Promise<Browser> {
  const browser = openBrowser(chain);
  await browser.signIn(as);
  await browser.readSession();
  return browser;
}

import { route } from '@obo/service-defaults/server';
import { type Request, type Response, Router } from 'express';
import type { Attempts } from '../sign-in/attempts.ts';
import { signInRequired, type WebClient } from '../sign-in/web-client.ts';
import { signInCookie } from './cookies.ts';
import { type CurrentSession, requireUserHeader } from './current-session.ts';
import type { Tokens } from './sessions.ts';

export interface SessionRoutesOptions {
  current: CurrentSession;
  attempts: Attempts;
  webClient: WebClient;
}

/** Creates the addresses at which the SPA asks who is signed in, renews the token and signs out. None returns a token. */
export function createSessionRoutes({ current, attempts, webClient }: SessionRoutesOptions): Router {
  const router = Router();

  /** Returns how the sign-in ended that led to this page, once. */
  async function takeOutcome(request: Request, response: Response) {
    const id = signInCookie.read(request);
    const outcome = id === undefined ? undefined : (await attempts.find(id))?.outcome;
    if (id === undefined || outcome === undefined) return null;
    await attempts.end(id);
    signInCookie.clear(response);
    return outcome;
  }

  route(router, '/session', {
    get: [
      requireUserHeader,
      async (request, response) => {
        const account = (await current.find(request))?.tokens.account;
        response.json({
          account: account ? describeAccount(account) : null,
          outcome: await takeOutcome(request, response),
        });
      },
    ],
  });

  route(router, '/session/renewal', {
    post: [
      requireUserHeader,
      async (request, response) => {
        await current.accessToken(request, response, { renew: true });
        response.status(204).end();
      },
    ],
  });

  route(router, '/session/end', {
    post: [
      requireUserHeader,
      async (request, response) => {
        const session = await current.find(request);
        if (!session) throw signInRequired();
        await current.end(request, response);
        response.json({ url: webClient.signOutUrl(session.tokens) });
      },
    ],
  });

  return router;
}

/** Returns what the SPA shows of a user. The ID token stays here, like the other tokens. */
function describeAccount({
  homeAccountId,
  localAccountId,
  tenantId,
  environment,
  username,
  name = username,
}: Tokens['account']) {
  return { homeAccountId, localAccountId, tenantId, environment, username, name };
}

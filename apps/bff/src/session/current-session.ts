import { defineProblems, Problem, problems } from '@obo/service-defaults/problems';
import type { Request, RequestHandler, Response } from 'express';
import { signInRequired, type WebClient } from '../sign-in/web-client.ts';
import { sessionCookie } from './cookies.ts';
import type { Session, Sessions } from './sessions.ts';

export const bffProblems = defineProblems({
  cross_site_request: [403, 'The request may come from another site'],
});

/**
 * The header of every request of the SPA: the `homeAccountId` of the user whom the page shows, or `none`. A page of another
 * site cannot send it: the browser would ask this server first, which never agrees (Fetch, "CORS-preflight request").
 */
export const userHeader = 'X-Session-User';

/** Rejects requests that a page of another site may have caused. */
export const requireUserHeader: RequestHandler = (request, _response, next) => {
  if (request.get(userHeader)) return next();
  throw new Problem(bffProblems.cross_site_request, { detail: `Send the header ${userHeader}.` });
};

/** Milliseconds before its expiry from which an access token is renewed. */
const margin = 5 * 60_000;

/** Milliseconds after a renewal in which there is no other: a token that was rejected is the one from before. */
const justRenewed = 10_000;

/** Finds the session of a request, and its access token. */
export interface CurrentSession {
  /** Returns the session; `undefined` for a browser without one. */
  find(request: Request): Promise<Session | undefined>;
  /**
   * Returns the session if its user is the one whom the page shows. Tabs share the cookie, so another tab may have changed
   * the user.
   *
   * @throws {Problem} `missing_token`.
   */
  require(request: Request): Promise<Session>;
  /**
   * Returns an access token for the middle tier. Concurrent requests to this instance share one renewal; those to another
   * one make their own, and the last one stays. If the user has to sign in again, the session ends.
   *
   * @param options.renew Also if the token has not expired, for one that the middle tier rejected.
   * @throws {Problem} `missing_token`, or as for an exchange.
   */
  accessToken(request: Request, response: Response, options?: { renew?: boolean }): Promise<string>;
  end(request: Request, response: Response): Promise<void>;
}

/** Creates what finds the session of a request. */
export function createCurrentSession(sessions: Sessions, webClient: WebClient): CurrentSession {
  /** The renewals under way, by the IDs of their sessions. */
  const renewals = new Map<string, Promise<Session>>();

  async function find(request: Request): Promise<Session | undefined> {
    const id = sessionCookie.read(request);
    return id === undefined ? undefined : sessions.find(id);
  }

  async function require(request: Request): Promise<Session> {
    const session = await find(request);
    if (session?.tokens.account.homeAccountId !== request.get(userHeader) || !session) throw signInRequired();
    return session;
  }

  async function end(request: Request, response: Response): Promise<void> {
    const id = sessionCookie.read(request);
    if (id !== undefined) await sessions.end(id);
    sessionCookie.clear(response);
  }

  function renew(session: Session): Promise<Session> {
    const renewal =
      renewals.get(session.id) ??
      webClient
        .renew(session.tokens)
        .then((tokens) => sessions.renew(session, tokens))
        .finally(() => renewals.delete(session.id));
    renewals.set(session.id, renewal);
    return renewal;
  }

  return {
    find,
    require,
    end,
    async accessToken(request, response, { renew: wasRejected = false } = {}) {
      const session = await require(request);
      const { accessToken, expiresAt } = session.tokens;
      const now = Date.now();
      const mayRenew = now - (session.renewedAt ?? 0) > justRenewed;
      const mustRenew = expiresAt <= now || (wasRejected && mayRenew);
      if (!mustRenew && !(mayRenew && expiresAt - margin < now)) return accessToken;
      try {
        return (await renew(session)).tokens.accessToken;
      } catch (error) {
        // A token that has not expired is used for as long as the identity provider does not respond.
        const isUnavailable = error instanceof Problem && error.status === 503;
        if (isUnavailable && !mustRenew) return accessToken;
        const isOver =
          error instanceof Problem &&
          [problems.invalid_token.code, problems.missing_token.code].includes(error.code);
        if (isOver) await end(request, response);
        throw isOver ? signInRequired(error) : error;
      }
    },
  };
}

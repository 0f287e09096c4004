import { hash, randomBytes, randomUUID } from 'node:crypto';
import { type AccessToken, type Authority, assertionKeyOf } from '@obo/access-token';
import { createRingKey, createSeal, type OnBehalfOf, userKeyOf } from '@obo/on-behalf-of';
import { describeError, requestContext } from '@obo/service-defaults/observability';
import { route } from '@obo/service-defaults/server';
import { type Response, Router } from 'express';
import { z } from 'zod';
import {
  authorizationEndpointOf,
  longestVisit,
  readCookie,
  visitCookieFor,
} from '../visit-identity-provider.ts';
import type { McpOptions } from './mcp-variables.ts';

/** What the user has to do before a call for these scopes can succeed. */
export interface RequiredVisit {
  scopes: readonly string[];
  /** The claims request, base64: the user has to prove more. Without it, the user has to consent. */
  claims?: string | undefined;
}

export interface SignInLinkOptions {
  authority: Authority;
  /** This API's own client ID. */
  clientId: string;
  mcp: McpOptions;
  onBehalfOf: Pick<OnBehalfOf, 'redeemCode'>;
}

/** Everything the pages have to know: the caller's token without the token itself, and what was missing. */
const visitSchema = z.object({
  tid: z.string(),
  oid: z.string(),
  exp: z.number(),
  digest: z.string(),
  scopes: z.array(z.string()),
  claims: z.string().optional(),
});
const startedSchema = visitSchema.extend({ codeVerifier: z.string() });

/**
 * Creates links that users open when an agent cannot go on, and the pages behind them. Agents show no sign-in page for what
 * this API requires, so the user signs in to this API itself, with the scopes of the failed call. The token that results
 * takes the place of the exchanged one, for the caller's token and no other, and only if the same user signed in.
 *
 * The link is encrypted. It works until the caller's token expires, on every instance with the same `TOKEN_CACHE_KEYS`.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 authorization code flow"; RFC 7636; RFC 9700, sections 2.1 and 4.7.
 */
export function createSignInLinks({ authority, clientId, mcp, onBehalfOf }: SignInLinkOptions) {
  const seal = createSeal(mcp.keys ?? [createRingKey('process', randomBytes(32))], 'sign-in-link');
  const linkUrl = `${mcp.url}/sign-in`;
  const redirectUri = `${linkUrl}/callback`;
  const { pathname: path } = new URL(linkUrl);
  const cookie = visitCookieFor(redirectUri);

  /** Returns the link for a caller whose call could not be made. */
  function linkFor({ claims, digest }: AccessToken, { scopes, claims: challenge }: RequiredVisit): string {
    const { tid, oid, exp } = claims;
    const visit = { tid, oid, exp, digest, scopes, claims: challenge };
    return `${linkUrl}?${new URLSearchParams({ visit: seal.seal(JSON.stringify(visit)) })}`;
  }

  /** Decrypts what this API encrypted, unless the caller's token has expired since. */
  function open<Schema extends typeof visitSchema>(
    sealed: string | undefined,
    schema: Schema,
    ...place: string[]
  ): z.output<Schema> | undefined {
    const text = sealed === undefined ? undefined : seal.open(sealed, ...place);
    const visit = text === undefined ? undefined : schema.parse(JSON.parse(text));
    return visit && visit.exp * 1_000 > Date.now() ? visit : undefined;
  }

  const routes = Router();
  route(routes, path, {
    get: (request, response) => {
      const { data: sealed } = z.string().safeParse(request.query.visit);
      const visit = open(sealed, visitSchema);
      if (!visit) return show(response, 400, pages.expired);
      const state = randomUUID();
      const codeVerifier = randomBytes(32).toString('base64url');
      const url = authorizationEndpointOf(authority, visit.tid);
      url.search = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: `openid profile ${scopesToAskFor(visit)}`,
        state,
        code_challenge: hash('sha256', codeVerifier, 'base64url'),
        code_challenge_method: 'S256',
        ...(visit.claims === undefined
          ? { prompt: 'consent' }
          : { claims: Buffer.from(visit.claims, 'base64').toString() }),
      }).toString();
      response
        .cookie(cookieName(state), seal.seal(JSON.stringify({ ...visit, codeVerifier }), state), {
          ...cookie,
          maxAge: longestVisit,
        })
        .redirect(url.href);
    },
  });

  const answerSchema = z.object({ state: z.guid(), code: z.string().optional() });

  route(routes, `${path}/callback`, {
    get: async (request, response) => {
      const { data: answer } = answerSchema.safeParse(request.query);
      const sealed = answer && readCookie(request.get('cookie'), cookieName(answer.state));
      const visit = answer && open(sealed, startedSchema, answer.state);
      if (!answer || !visit) return show(response, 400, pages.expired);
      response.clearCookie(cookieName(answer.state), cookie);
      if (answer.code === undefined) return show(response, 403, pages.declined);
      const { tid, oid, exp, digest, scopes, codeVerifier } = visit;
      const userKey = userKeyOf({ tenantId: tid, objectId: oid });
      const caller = {
        claims: { tid, oid, exp },
        userKey,
        digest,
        assertionKey: assertionKeyOf(userKey, digest),
      };
      try {
        await onBehalfOf.redeemCode({ code: answer.code, codeVerifier, redirectUri }, caller, scopes);
      } catch (error) {
        requestContext().logger.warn({ error: describeError(error) }, 'sign-in link failed');
        return show(response, 403, pages.failed);
      }
      show(response, 200, pages.done);
    },
  });

  return { linkFor, routes };
}

/** Consent is asked for once, for everything that this API lists. Otherwise the next call would need the next link. */
function scopesToAskFor({ scopes, claims }: RequiredVisit): string {
  const [first = ''] = scopes;
  return claims === undefined ? `${first.slice(0, first.lastIndexOf('/'))}/.default` : scopes.join(' ');
}

const cookieName = (state: string): string => `mcp-sign-in-${state}`;

interface Page {
  title: string;
  text: string;
}

const pages = {
  done: { title: 'Done', text: 'Close this page, go back to your agent, and let it try again.' },
  declined: {
    title: 'Nothing has changed',
    text: 'You did not finish signing in, so your agent still cannot do it. Let it try again if you change your mind.',
  },
  failed: {
    title: 'That did not work',
    text: 'Sign in as the user whom your agent works for. Let it try again, and open the new link.',
  },
  expired: {
    title: 'This link no longer works',
    text: 'Let your agent try again, and open the new link in the browser in which you sign in.',
  },
} satisfies Record<string, Page>;

const style =
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:34rem;margin:15vh auto;padding:0 1.5rem}';
const csp = `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; frame-ancestors 'none'`;

/** Shows a page. Its texts are constants, so nothing has to be escaped. */
function show(response: Response, status: number, { title, text }: Page): void {
  response
    .status(status)
    .set('Content-Security-Policy', csp)
    .type('html')
    .send(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style><main><h1>${title}</h1><p>${text}</p></main></html>`,
    );
}

import { Problem, problems } from '@obo/service-defaults/problems';
import { parseParameter, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import { sessionCookie, signInCookie } from '../session/cookies.ts';
import type { Sessions } from '../session/sessions.ts';
import { type Attempts, codeChallengeOf, isSame, type SignInFailure } from './attempts.ts';
import type { WebClient } from './web-client.ts';

export interface SignInOptions {
  publicUrl: string;
  sessions: Sessions;
  attempts: Attempts;
  webClient: WebClient;
}

/** The answer of the identity provider (OpenID Connect Core 1.0, sections 3.1.2.5 and 3.1.2.6). */
const answerSchema = z.object({
  state: z.string(),
  code: z.string().optional(),
  error: z.string().max(100).optional(),
  error_description: z.string().default(''),
});

/**
 * Creates the addresses that a browser is led to: to sign in, to come back, and to sign out from elsewhere. A sign-in ends
 * only in the browser that it began in, and begins a session with a new ID.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 authorization code flow"; RFC 10017, section 6.1; RFC 9700, section 2.1.
 */
export function createSignInRoutes({ publicUrl, sessions, attempts, webClient }: SignInOptions): Router {
  const router = Router();
  const querySchema = z.object({
    return_to: z
      .string()
      .max(2_000)
      .refine(
        (path) => path.startsWith('/') && URL.parse(path, publicUrl)?.origin === publicUrl,
        'return_to must be a path of the app.',
      )
      .default('/'),
    prompt: z.enum(['consent', 'login'], 'prompt must be consent or login.').optional(),
    claims: z
      .string()
      .max(4_000)
      .refine(isJsonObject, 'claims must be a claims request, as JSON.')
      .optional(),
  });

  route(router, '/sign-in', {
    get: async (request, response) => {
      const { return_to, prompt, claims } = parseParameter(request.query, querySchema);
      const sessionId = sessionCookie.read(request);
      const session = sessionId === undefined ? undefined : await sessions.find(sessionId);
      const { id, attempt } = await attempts.begin(return_to, sessionId);
      const { state, nonce, codeVerifier } = attempt;
      const url = await webClient.signInUrl({
        state,
        nonce,
        codeChallenge: codeChallengeOf(codeVerifier),
        prompt,
        claims,
        loginHint: session?.tokens.account.username,
      });
      signInCookie.set(response, id);
      response.redirect(url);
    },
  });

  route(router, '/sign-in/callback', {
    get: async (request, response) => {
      // The identity provider leads here after a sign-out, too: without an answer.
      if (Object.keys(request.query).length === 0) return response.redirect('/');
      const { data: answer } = answerSchema.safeParse(request.query);
      const id = signInCookie.read(request);
      const attempt = id === undefined ? undefined : await attempts.find(id);
      if (!answer || id === undefined || !attempt || attempt.outcome || !isSame(answer.state, attempt.state))
        throw new Problem(problems.invalid_parameter, {
          detail:
            'This page ends a sign-in that began in another browser, or more than ten minutes ago. Go back to the app and try again.',
        });
      const { code, error = 'server_error', error_description } = answer;
      if (code === undefined) {
        const number = /AADSTS(\d{1,10})/.exec(error_description)?.[1];
        await attempts.finish(id, attempt, { error, number });
        return response.redirect(attempt.returnTo);
      }
      // Before the code is redeemed, so that it is redeemed once.
      await attempts.finish(id, attempt, { error: 'server_error' });
      try {
        const tokens = await webClient.redeem(code, attempt.codeVerifier, attempt.nonce);
        if (attempt.replaces !== undefined) await sessions.end(attempt.replaces);
        sessionCookie.set(response, await sessions.begin(tokens));
        await attempts.finish(id, attempt, { succeeded: true });
      } catch (failure) {
        await attempts.finish(id, attempt, describeFailure(failure));
      }
      response.redirect(attempt.returnTo);
    },
  });

  // OpenID Connect Front-Channel Logout 1.0, section 2. The identity provider loads it in a frame, so that no cookie comes
  // along; the session ID is known to it, this server and the user's browser only.
  route(router, '/front-channel-sign-out', {
    get: async (request, response) => {
      const schema = z.object({ sid: z.string('Send sid, the session ID of the ID token.').min(1).max(200) });
      await sessions.endAllOf(parseParameter(request.query, schema).sid);
      // Nothing is shown, so every page may have it in a frame.
      response.set('Content-Security-Policy', "default-src 'none'").removeHeader('X-Frame-Options');
      response.end();
    },
  });

  return router;
}

/** The reason why the token endpoint rejected a code, in a problem. */
const rejectionSchema = z.object({ errorCode: z.string().min(1), errorNo: z.string().optional() });

function describeFailure(failure: unknown): SignInFailure {
  if (!(failure instanceof Problem)) throw failure;
  const rejection = rejectionSchema.safeParse(failure.cause);
  if (rejection.success) return { error: rejection.data.errorCode, number: rejection.data.errorNo };
  return { error: failure.status === 503 ? 'temporarily_unavailable' : failure.code };
}

function isJsonObject(text: string): boolean {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

import { randomUUID } from 'node:crypto';
import type { Authority } from '@obo/access-token';
import { Problem, problems } from '@obo/service-defaults/problems';
import { parseParameter, route } from '@obo/service-defaults/server';
import { Router } from 'express';
import { z } from 'zod';
import {
  authorizationEndpointOf,
  longestVisit,
  readCookie,
  visitCookieFor,
} from '../visit-identity-provider.ts';

export interface ConsentPageOptions {
  /** This API's own address, as browsers reach it. */
  publicUrl: string;
  authority: Authority;
  /** The middle tier's own client ID: the permission is its own, not the SPA's. */
  clientId: string;
  /** Origins that the user may come from and is sent back to. */
  allowedOrigins: readonly string[];
  /** What the user is asked for. */
  scopes: readonly string[];
}

const path = '/consent/calendar';

/** Returns the address that asks a user for consent. */
export const consentUrlOf = (
  { publicUrl, authority }: Pick<ConsentPageOptions, 'publicUrl' | 'authority'>,
  tenantId: string,
): string => `${publicUrl}${path}${tenantId === authority.tenantId ? '' : `?tenant=${tenantId}`}`;

/**
 * Creates the pages that ask for consent to the middle tier's permission: one that leads the browser to Entra, and one
 * that leads it back to the page that it came from. Nothing is redeemed here; the exchange succeeds after consent.
 *
 * The way back has a random `state`, and a cookie of its name. So it ends only in the browser that it began in.
 *
 * Source: "Microsoft identity platform and OAuth 2.0 authorization code flow"; RFC 9700, sections 2.1 and 4.7.
 */
export function createConsentPage(options: ConsentPageOptions): Router {
  const { publicUrl, authority, clientId, allowedOrigins, scopes } = options;
  const router = Router();
  const redirectUri = `${publicUrl}${path}/callback`;
  const cookie = visitCookieFor(redirectUri);

  const isAllowed = (url: string): boolean =>
    URL.canParse(url) && allowedOrigins.includes(new URL(url).origin);
  const querySchema = z.object({
    return_to: z
      .string('Send return_to, the page to come back to.')
      .refine(isAllowed, 'return_to must be a page of the app.'),
    login_hint: z.string().max(320).optional(),
    tenant: z
      .enum([authority.tenantId, ...(authority.allowedTenantIds ?? [])], 'The tenant is not allowed.')
      .default(authority.tenantId),
  });

  route(router, path, {
    get: (request, response) => {
      const { return_to, login_hint, tenant } = parseParameter(request.query, querySchema);
      const state = randomUUID();
      const url = authorizationEndpointOf(authority, tenant);
      url.search = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        prompt: 'consent',
        state,
        ...(login_hint === undefined ? {} : { login_hint }),
      }).toString();
      response.cookie(nameOf(state), return_to, { ...cookie, maxAge: longestVisit }).redirect(url.href);
    },
  });

  const answerSchema = z.object({
    state: z.guid(),
    code: z.string().optional(),
    error: z.string().optional(),
    error_description: z.string().default(''),
  });

  route(router, `${path}/callback`, {
    get: (request, response) => {
      const { data: answer } = answerSchema.safeParse(request.query);
      const returnTo = answer && readCookie(request.get('cookie'), nameOf(answer.state));
      if (!answer || returnTo === undefined || !isAllowed(returnTo))
        throw new Problem(problems.invalid_parameter, {
          detail:
            'This page ends a visit that began in another browser, or more than ten minutes ago. Go back to the app and try again.',
        });
      const url = new URL(returnTo);
      url.searchParams.set('calendar_consent', outcomeOf(answer));
      response.clearCookie(nameOf(answer.state), cookie).redirect(url.href);
    },
  });

  return router;
}

const nameOf = (state: string): string => `consent-${state}`;

/**
 * Reads how the visit ended. A user who leaves the page *Need admin approval* returns with `access_denied` and no number,
 * so an `access_denied` without AADSTS65004, the number for the user's own refusal, counts as that.
 */
function outcomeOf({
  code,
  error,
  error_description,
}: {
  code?: string | undefined;
  error?: string | undefined;
  error_description: string;
}): 'granted' | 'refused' | 'admin_required' | 'failed' {
  if (code !== undefined && error === undefined) return 'granted';
  if (error !== 'access_denied') return 'failed';
  return error_description.startsWith('AADSTS65004') ? 'refused' : 'admin_required';
}

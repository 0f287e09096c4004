import type { RequestHandler } from 'express';
import { notImplementedPage } from './pages/error-page.ts';
import { sendPage } from './pages/page.ts';

/** Features of the real service that are not implemented here, by path. */
const elsewhere: readonly (readonly [path: RegExp, what: string])[] = [
  [/^\/oauth2\/(authorize|token|logout|devicecode)$/, 'the v1.0 endpoints; use those under /oauth2/v2.0'],
  [
    /^\/\.well-known\/openid-configuration$|^\/discovery\/keys$/,
    'metadata and keys of version 1.0; use those under /v2.0 and /discovery/v2.0',
  ],
  [
    /^\/discovery\/instance$/,
    'instance discovery; give your client the authority’s metadata, or trust its host',
  ],
  [/^\/saml2\b/, 'sign-in with SAML 2.0'],
  [/^\/wsfed\b|^\/federationmetadata\b/i, 'sign-in with WS-Federation'],
  [/^\/kerberos\b/, 'Kerberos'],
  [/^\/openid\/userinfo$/, 'this endpoint; use /graph/oidc/userinfo'],
  [/^\/b2c_1/i, 'user flows of Azure AD B2C'],
  [
    /^\/(register|signup|challenge|resetpassword)\/v1\.0\b|^\/oauth2\/v2\.0\/(initiate|challenge)$/,
    'native authentication of External ID',
  ],
];

/**
 * Answers 501 for what the real service implements and this tenant does not: neither a plausible success nor a page
 * not found.
 */
export const notImplemented: RequestHandler = (request, response, next) => {
  const [, what] = elsewhere.find(([path]) => path.test(request.path)) ?? [];
  if (what === undefined) return next();
  const description = `The local tenant does not implement ${what}. Microsoft Entra ID does.`;
  if (request.accepts('json', 'html') === 'html')
    return sendPage(response, 501, notImplementedPage(description));
  response.status(501).json({ error: 'not_implemented', error_description: description });
};

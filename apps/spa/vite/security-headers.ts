import { type SpaConfiguration, traceEndpointOf } from '../src/configuration/configuration-schema.ts';

/** Griffel, Fluent UI's style engine, adds empty `<style>` elements and fills them through CSSOM. This is the hash of the empty string. */
const emptyStyleElement = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

export interface SecurityHeadersOptions {
  configuration: Pick<SpaConfiguration, 'authority' | 'authorityMetadata' | 'apiBaseUrl' | 'otlpEndpoint'>;
  /** Path of the request, such as `/redirect.html`. */
  path: string;
  /** Vite's dev server: the scripts and styles that it injects carry the nonce. */
  development?: { nonce: string } | undefined;
}

/** The page that receives the identity provider's responses, in MSAL's hidden iframe or after a redirect. */
export const redirectBridgePath = '/redirect.html';

/**
 * Computes the headers of every response from the SPA's origin, in development, preview and deployment alike.
 *
 * No inline script runs and no code is made from strings (CSP Level 3). No page may frame the app, but MSAL frames
 * the redirect bridge from the app's own origin to renew tokens silently. A Cross-Origin-Opener-Policy on the
 * bridge would cut it off from the page that waits for it (MSAL Browser, "Redirect bridge").
 */
export function securityHeaders({ configuration, path, development }: SecurityHeadersOptions) {
  const isRedirectBridge = path === redirectBridgePath;
  const { authorize, token } = identityProviderOrigins(configuration);
  const nonce = development ? [`'nonce-${development.nonce}'`] : [];
  const policy: Record<string, readonly string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...nonce],
    'style-src': ["'self'", ...(development ? nonce : []), emptyStyleElement],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'", new URL(configuration.apiBaseUrl).origin, token, ...collector(configuration)],
    'frame-src': ["'self'", authorize],
    'frame-ancestors': [isRedirectBridge ? "'self'" : "'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'object-src': ["'none'"],
  };
  return {
    'Content-Security-Policy': Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${[...new Set(sources)].join(' ')}`)
      .join('; '),
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    ...(isRedirectBridge ? {} : { 'Cross-Origin-Opener-Policy': 'same-origin' }),
  };
}

/** Returns the URL that traces go to. Characters that would end a source or a directive are escaped (CSP Level 3, section 2.3.1). */
function collector({ otlpEndpoint }: SecurityHeadersOptions['configuration']): string[] {
  if (otlpEndpoint === undefined) return [];
  const { origin, pathname } = new URL(traceEndpointOf(otlpEndpoint));
  return [origin + pathname.replaceAll(';', '%3B').replaceAll(',', '%2C')];
}

function identityProviderOrigins({ authority, authorityMetadata }: SecurityHeadersOptions['configuration']) {
  const { origin } = new URL(authority);
  if (authorityMetadata === undefined) return { authorize: origin, token: origin };
  return {
    authorize: new URL(authorityMetadata.authorization_endpoint).origin,
    token: new URL(authorityMetadata.token_endpoint).origin,
  };
}

import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import type { SpaConfiguration } from '../src/configuration/configuration-schema.ts';
import { securityHeaders } from './security-headers.ts';

/** Sends the security headers and `Cache-Control`, in development and preview. */
export function securityHeadersPlugin(configuration: SpaConfiguration): Plugin {
  const nonce = randomBytes(16).toString('base64');

  const send =
    (development?: { nonce: string }): Connect.NextHandleFunction =>
    (request, response, next) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const headers = securityHeaders({ configuration, path, development });
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (!development) lockHeader(response, 'Cache-Control', cacheControl(path));
      next();
    };

  return {
    name: 'spa:security-headers',
    config: (_config, { command, isPreview }) =>
      command === 'serve' && !isPreview ? { html: { cspNonce: nonce } } : undefined,
    configureServer: ({ middlewares }) => void middlewares.use(send({ nonce })),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(send()),
  };
}

/** Sets a header that Vite's own middlewares, which run later, must not replace. */
function lockHeader(response: ServerResponse, name: string, value: string): void {
  response.setHeader(name, value);
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (other, otherValue) =>
    other.toLowerCase() === name.toLowerCase() ? response : setHeader(other, otherValue);
}

/** Built assets have a hash in their name. Pages are not stored, so that Back after sign-out finds nothing. */
function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
}

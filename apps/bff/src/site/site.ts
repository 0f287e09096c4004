import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { route } from '@obo/service-defaults/server';
import express, { type RequestHandler, Router } from 'express';
import type { Configuration } from '../configuration.ts';

/** Griffel, Fluent UI's style engine, adds empty `<style>` elements. This is the hash of the empty string. */
const emptyStyleElement = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** Stricter than where the SPA has tokens: it calls nothing but this server, and needs no frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${emptyStyleElement}`,
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': contentSecurityPolicy,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  });
  next();
};

/**
 * Serves the build of the SPA, and its configuration. Every address without a file shows the SPA, which knows its pages.
 *
 * @returns the routes, which go last, and a readiness check.
 */
export function createSite(configuration: Configuration) {
  const { publicUrl, clientId, authority, apiAppIdUri, requestUrl, calendar } = configuration;
  const directory = resolve(configuration.spaDirectory);
  const routes = Router();
  routes.use(securityHeaders);
  route(routes, '/configuration.json', {
    get: (_request, response) =>
      void response.json({ clientId, authority, apiBaseUrl: publicUrl, apiAppIdUri, requestUrl, calendar }),
  });
  // Their names have a hash.
  routes.use(
    '/assets',
    express.static(resolve(directory, 'assets'), {
      cacheControl: false,
      etag: false,
      index: false,
      setHeaders: (response) => response.setHeader('Cache-Control', 'public, max-age=31536000, immutable'),
    }),
  );
  // The page itself is not stored, so that Back after sign-out finds nothing.
  routes.use(express.static(directory, { cacheControl: false, etag: false, index: false }));
  routes.use((request, response, next) => {
    if (request.method !== 'GET' || !request.accepts('html') || request.path.includes('.')) return next();
    response.sendFile('index.html', { root: directory, cacheControl: false, etag: false });
  });
  const ready = () => access(resolve(directory, 'index.html')).then(() => true);
  return { routes, ready };
}

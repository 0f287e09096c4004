import { randomUUID } from 'node:crypto';
import { listen } from '@obo/service-defaults/server';
import express from 'express';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Authority } from '../src/authority.ts';

/** An issuer of access tokens for tests of an API: real keys, a real key endpoint, real signatures. */
export interface TestIssuer {
  authority: Authority;
  /** The environment variables that point an API at this issuer. */
  environment: { TENANT_ID: string; AUTHORITY: string; AUTHORITY_METADATA: string };
  /** Claims of a token that the API accepts; tests change what they test. */
  claims(changes?: JWTPayload): JWTPayload;
  /** Signs claims as they are, with the current key. */
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** Replaces the signing key, as Entra does from time to time. */
  rotate(options?: { keepPublished: boolean }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an issuer on a free port.
 *
 * @param options.audience The API's application (client) ID.
 * @param options.client The calling application's ID.
 * @param options.scope Scopes in the token, separated by spaces.
 */
export async function startTestIssuer(options: {
  audience: string;
  client: string;
  scope: string;
}): Promise<TestIssuer> {
  const tenantId = randomUUID();
  let current = await createKey();
  let published: JWK[] = [current.jwk];
  const app = express();
  app.get('/keys', (_request, response) => void response.json({ keys: published }));
  const server = await listen(app, { host: 'localhost', port: 0 });
  const issuer = `${server.url}/${tenantId}/v2.0`;
  const url = `https://localhost:${server.port}/${tenantId}`;
  const metadata = {
    issuer,
    jwks_uri: `${server.url}/keys`,
    authorization_endpoint: `${server.url}/authorize`,
    token_endpoint: `${server.url}/token`,
  };
  return {
    authority: { url, tenantId, issuer, jwksUri: metadata.jwks_uri, metadata },
    environment: { TENANT_ID: tenantId, AUTHORITY: url, AUTHORITY_METADATA: JSON.stringify(metadata) },
    claims(changes = {}) {
      const now = Math.floor(Date.now() / 1000);
      return {
        iss: issuer,
        aud: options.audience,
        iat: now - 5,
        nbf: now - 5,
        exp: now + 3600,
        tid: tenantId,
        oid: '1d3a7c0e-9f52-4b61-8a0d-5c2e7f904b13',
        sub: 'hKpkyWTaTm1ZrCIWlUfJ2KpUqgvzY1cI0kXvJ0m3t8A',
        ver: '2.0',
        azp: options.client,
        azpacr: '1',
        scp: options.scope,
        ...changes,
      };
    },
    sign: (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: current.jwk.kid, ...header })
        .sign(current.privateKey),
    async rotate({ keepPublished } = { keepPublished: true }) {
      current = await createKey();
      published = keepPublished ? [...published, current.jwk] : [current.jwk];
    },
    close: () => server.close(),
  };
}

async function createKey(): Promise<{ privateKey: CryptoKey; jwk: JWK & { kid: string } }> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return {
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid: randomUUID(), use: 'sig', alg: 'RS256' },
  };
}

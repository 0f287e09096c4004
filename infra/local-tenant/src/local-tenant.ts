import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Express, type Router } from 'express';
import { type Directory, openDirectory, tenant } from './directory/directory.ts';
import { createAuthorizationCodes } from './entra/authorize/authorization-codes.ts';
import { endpoints } from './entra/discovery.ts';
import { createEntra } from './entra/entra.ts';
import type { EntraServices, TenantEvent, TokenRequestCounts } from './entra/entra-services.ts';
import { openSecrets } from './entra/keys/secrets.ts';
import { openSigningKeys, type SigningKeys } from './entra/keys/signing-keys.ts';
import { defaultLifetimes, type Lifetimes } from './entra/lifetimes.ts';
import { notFoundPage } from './entra/pages/error-page.ts';
import { sendPage } from './entra/pages/page.ts';
import type { VerifyGraphToken } from './entra/tokens/graph-token.ts';
import { createGraphTokenVerifier } from './entra/tokens/verify-graph-token.ts';
import { createGraph } from './graph/graph.ts';
import { createSwitches } from './switches.ts';

/** What Microsoft Graph is built from: `app.use('/graph', createGraph(dependencies))`. It sees paths from `/v1.0` on. */
export interface GraphDependencies {
  directory: Directory;
  verifyGraphToken: VerifyGraphToken;
  /** Origin of the local tenant, without a slash at the end. Graph's own URL is `${baseUrl}/graph/v1.0`. */
  baseUrl: string;
  now: () => Date;
}

export type CreateGraph = (dependencies: GraphDependencies) => Router;

/** What MSAL takes as `authorityMetadata`, so that it need not fetch it. */
export interface AuthorityMetadata {
  issuer: string;
  jwks_uri: string;
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint: string;
}

export interface LocalTenant {
  /** Serves Entra ID and Microsoft Graph. Mount it on a server that `baseUrl` reaches. */
  app: Express;
  tenantId: string;
  /** Authority for MSAL: an https URL that nobody fetches, because the metadata is given. */
  authority: string;
  authorityMetadata: AuthorityMetadata;
  graphBaseUrl: string;
  directory: Directory;
  signingKeys: SigningKeys;
  lifetimes: Lifetimes;
  /** Takes back everything that people and administrators consented to. */
  forgetConsents(): void;
  /** Signs everybody out everywhere: sessions, codes and refresh tokens are worth nothing any more. */
  forgetSessions(): void;
  requests: TokenRequestCounts;
}

export interface LocalTenantOptions {
  /** Origin under which clients reach the tenant, e.g. `http://localhost:4400`. */
  baseUrl: string;
  /** Where the directory and the keys are kept; `null` keeps them in memory. */
  dataDirectory: string | null;
  /** Told what happens; never given a token, code, secret or password. */
  log?: (event: TenantEvent) => void;
  /** The clock. */
  now?: () => Date;
}

/**
 * Makes a tenant: Microsoft Entra ID's sign-in and token endpoints, and Microsoft Graph, for development and tests.
 *
 * @throws {z.ZodError} when the data directory holds something else.
 */
export async function createLocalTenant(options: LocalTenantOptions): Promise<LocalTenant> {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const file = (name: string) => (options.dataDirectory === null ? null : join(options.dataDirectory, name));
  const directory = openDirectory(file('directory.json'));
  const entra: EntraServices = {
    baseUrl,
    directory,
    signingKeys: await openSigningKeys(file('signing-keys.json')),
    secrets: openSecrets(file('secrets.json')),
    lifetimes: { ...defaultLifetimes },
    codes: createAuthorizationCodes(),
    requests: { authorization_code: 0, refresh_token: 0, on_behalf_of: 0, client_credentials: 0 },
    now: options.now ?? (() => new Date()),
    log: options.log ?? (() => {}),
  };

  const app = express();
  app.disable('x-powered-by');
  app.get('/readyz', (_request, response) => {
    response.json({ status: 'ready' });
  });
  app.use('/local-tenant', createSwitches(entra));
  app.use(
    '/graph',
    createGraph({ directory, verifyGraphToken: createGraphTokenVerifier(entra), baseUrl, now: entra.now }),
  );
  app.use('/:tenant', createEntra(entra));
  app.use((_request, response) => sendPage(response, 404, notFoundPage));
  app.use(answerUnexpected(entra));

  return {
    app,
    tenantId: tenant.id,
    authority: `${baseUrl.replace(/^http:/, 'https:')}/${tenant.id}`,
    authorityMetadata: endpoints(baseUrl, tenant.id),
    graphBaseUrl: `${baseUrl}/graph/v1.0`,
    directory,
    signingKeys: entra.signingKeys,
    lifetimes: entra.lifetimes,
    forgetConsents() {
      directory.state.permissionGrants.length = 0;
      directory.save();
    },
    forgetSessions() {
      entra.secrets.forget();
      entra.codes.forget();
      directory.state.revocations = {};
      directory.save();
    },
    requests: entra.requests,
  };
}

/** Bodies that could not be read are the caller's fault; anything else is ours, and tells nothing. */
const answerUnexpected =
  ({ log }: EntraServices): ErrorRequestHandler =>
  (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status =
      error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
    const isOurs = status < 400 || status > 499;
    if (isOurs)
      log({ type: 'error', message: error instanceof Error ? (error.stack ?? error.message) : 'unknown' });
    const description = isOurs
      ? 'The local tenant failed. Its log says why.'
      : 'The request could not be read.';
    response
      .status(isOurs ? 500 : status)
      .json({ error: isOurs ? 'server_error' : 'invalid_request', error_description: description });
  };

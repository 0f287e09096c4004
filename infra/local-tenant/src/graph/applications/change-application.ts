import { randomUUID } from 'node:crypto';
import { type Application, applicationSchema, type DirectoryState } from '../../directory/schema.ts';
import { badRequest, conflict, invalidValue } from '../graph-error.ts';
import type { ApplicationRequest } from './application-request.ts';
import { readKeyCredentials } from './credentials.ts';
import { checkExposedPermissions } from './exposed-permissions.ts';
import { checkIdentifierUris } from './identifier-uris.ts';

/**
 * Creates an application for a `POST` or an upsert.
 *
 * @throws {GraphError} 400 if a property is missing or has an invalid value.
 */
export function createApplication(
  request: ApplicationRequest,
  state: DirectoryState,
  now: Date,
): Application {
  if (request.displayName === undefined) {
    throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
  }
  const blank = applicationSchema.parse({
    id: randomUUID(),
    appId: randomUUID(),
    displayName: request.displayName,
    uniqueName: request.uniqueName ?? null,
    createdDateTime: now.toISOString(),
  });
  return checked(merge(blank, request), null, state);
}

/**
 * Applies a `PATCH` to an application. Complex properties (`api`, `web`, `spa`, …) keep what the request omits;
 * collections are replaced ("Update application").
 *
 * @throws {GraphError} 400 if a property has an invalid value.
 */
export function changeApplication(
  before: Application,
  request: ApplicationRequest,
  state: DirectoryState,
): Application {
  return checked(merge(before, request), before, state);
}

function merge(application: Application, request: ApplicationRequest): Application {
  if (request.passwordCredentials !== undefined) {
    throw badRequest('Password credentials cannot be set this way. Use addPassword and removePassword.');
  }
  const { api, web, spa, publicClient, optionalClaims, keyCredentials, ...simple } = request;
  return applicationSchema.parse({
    ...application,
    ...simple,
    api: { ...application.api, ...api },
    web: { ...application.web, ...web },
    spa: { ...application.spa, ...spa },
    publicClient: { ...application.publicClient, ...publicClient },
    optionalClaims: optionalClaims === undefined ? application.optionalClaims : optionalClaims,
    keyCredentials:
      keyCredentials === undefined
        ? application.keyCredentials
        : readKeyCredentials(keyCredentials, application.keyCredentials),
  });
}

function checked(after: Application, before: Application | null, state: DirectoryState): Application {
  // An application created without a unique name may get one, once ("Onboard existing Microsoft Graph resources").
  if (before && before.uniqueName !== null && before.uniqueName !== after.uniqueName)
    throw badRequest("Property 'uniqueName' is immutable.");
  const all = [...state.applications, ...state.deletedApplications];
  const taken = all.some(
    ({ id, uniqueName }) => id !== after.id && uniqueName !== null && uniqueName === after.uniqueName,
  );
  if (taken) throw conflict('uniqueName');
  checkIdentifierUris(after, before, state);
  checkExposedPermissions(after, before);
  checkRedirectUris(after);
  return after;
}

/** Checks redirect URIs: https, or http on localhost; a public client may have its own scheme. */
function checkRedirectUris({ spa, web, publicClient }: Application): void {
  const rejected = (uri: string, anyScheme: boolean) => {
    if (!URL.canParse(uri) || uri.includes('*') || uri.includes('#')) return true;
    const { protocol, hostname } = new URL(uri);
    if (protocol === 'http:') return !['localhost', '127.0.0.1'].includes(hostname);
    return protocol !== 'https:' && !anyScheme;
  };
  const invalid =
    [...spa.redirectUris, ...web.redirectUris].some((uri) => rejected(uri, false)) ||
    publicClient.redirectUris.some((uri) => rejected(uri, true));
  if (invalid) throw invalidValue('redirectUris', 'Application');
}

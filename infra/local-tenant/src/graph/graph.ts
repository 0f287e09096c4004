import { randomUUID } from 'node:crypto';
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../directory/directory.ts';
import type { VerifyGraphToken } from '../entra/tokens/verify-graph-token.ts';
import { applicationsRouter } from './applications/applications.ts';
import { federatedIdentityCredentialsRouter } from './applications/federated-identity-credentials.ts';
import { authenticate } from './authentication.ts';
import { authenticationContextsRouter } from './authentication-contexts.ts';
import { addBatch } from './batch.ts';
import { eventsRouter } from './calendar/events.ts';
import { conditionalAccessRouter } from './conditional-access.ts';
import { deletedItemsRouter } from './deleted-items.ts';
import { rewriteEntityKeys } from './entity-key.ts';
import { graphErrorHandler, notImplemented, tooManyRequests } from './graph-error.ts';
import { organizationRouter } from './organization.ts';
import { permissionGrantsRouter } from './permission-grants.ts';
import { servicePrincipalsRouter } from './service-principals.ts';
import { userInfoRouter } from './user-info.ts';
import { directoryRolesRouter } from './users/directory-roles.ts';
import { usersRouter } from './users/users.ts';

/** Dependencies of Microsoft Graph. */
export interface GraphDependencies {
  directory: Directory;
  verifyGraphToken: VerifyGraphToken;
  /** Computes the `sub` claim of a user for an application. */
  subjectOf: (appId: string, userId: string) => string;
  /** Origin of the local tenant, without a trailing slash. Graph's own URL is `${baseUrl}/graph/v1.0`. */
  baseUrl: string;
  now: () => Date;
  /** Until when every request gets 429; in milliseconds since 1970. */
  throttling: { readonly until: number };
}

/**
 * Creates the part of Microsoft Graph v1.0 that this project uses, as a router for `/graph`. Answers 501
 * `notImplemented` for everything else.
 */
export function createGraph({
  directory,
  verifyGraphToken,
  subjectOf,
  baseUrl,
  now,
  throttling,
}: GraphDependencies): Router {
  const dependencies = { directory, now, subjectOf, graphBaseUrl: `${baseUrl}/graph/v1.0` };
  const graph = Router();
  graph.use(nameRequest);
  graph.use((_request: Request, _response: Response, next: NextFunction) => {
    const left = throttling.until - now().getTime();
    if (left > 0) throw tooManyRequests(Math.ceil(left / 1000));
    next();
  });
  graph.use(authenticate({ verifyGraphToken, baseUrl }));
  graph.use(express.json({ limit: '1mb', strict: true }));
  graph.use(userInfoRouter(dependencies));
  addBatch(graph);
  graph.use(
    '/v1.0',
    rewriteEntityKeys,
    usersRouter(dependencies),
    eventsRouter(dependencies),
    directoryRolesRouter(dependencies),
    organizationRouter(dependencies),
    applicationsRouter(dependencies),
    federatedIdentityCredentialsRouter(dependencies),
    servicePrincipalsRouter(dependencies),
    permissionGrantsRouter(dependencies),
    conditionalAccessRouter(dependencies),
    authenticationContextsRouter(dependencies),
    deletedItemsRouter(dependencies),
  );
  graph.use(({ method, path }: Request) => {
    throw notImplemented(`${method} ${path}`);
  });
  graph.use(graphErrorHandler(now));
  return graph;
}

/** Sets Graph's `request-id`, and the `client-request-id` of the request if it is a GUID. */
function nameRequest(request: Request, response: Response, next: NextFunction): void {
  const requestId = randomUUID();
  const own = z.guid().safeParse(request.get('client-request-id'));
  response.set({
    'request-id': requestId,
    'client-request-id': own.success ? own.data : requestId,
    'Cache-Control': 'no-cache',
    'OData-Version': '4.0',
  });
  next();
}

import type { Request, Response } from 'express';
import { z } from 'zod';
import type { EntraServices } from '../entra-services.ts';
import { revokedAt } from '../revocation.ts';
import { type Authentication, authenticationSchema } from '../tokens/authentication.ts';

const sessionCookie = 'local-tenant-session';
const applicationsCookie = 'local-tenant-applications';
const browserCookie = 'local-tenant-browser';

/** Without `Secure`, because the tenant uses plain http on the loopback interface. */
const cookieOptions = { httpOnly: true, sameSite: 'lax', path: '/' } as const;

/** Reads which users are signed in to this browser. Omits expired and revoked sessions. */
export function readSession(entra: EntraServices, request: Request): Authentication[] {
  const accounts = entra.secrets.open(
    'session',
    z.array(authenticationSchema),
    readCookie(request, sessionCookie) ?? '',
  );
  const now = entra.now().getTime();
  return (accounts ?? []).filter(
    (account) =>
      now < account.authenticatedAt + entra.lifetimes.session * 1000 &&
      entra.directory.findUser(account.userId)?.accountEnabled === true &&
      !revokedAt(entra.directory, account),
  );
}

/** Replaces the browser's session. The cookie expires when the browser closes. */
export function writeSession(
  { secrets }: EntraServices,
  response: Response,
  accounts: readonly Authentication[],
): void {
  if (accounts.length === 0) response.clearCookie(sessionCookie, cookieOptions);
  else response.cookie(sessionCookie, secrets.seal('session', accounts), cookieOptions);
}

/** An application that a user signed in to. */
const visitSchema = z.object({ sessionId: z.guid(), clientId: z.guid() });
export type Visit = z.infer<typeof visitSchema>;

/** Reads which applications the users of this browser signed in to. */
export const readVisits = ({ secrets }: EntraServices, request: Request): Visit[] =>
  secrets.open('visits', z.array(visitSchema), readCookie(request, applicationsCookie) ?? '') ?? [];

/** Notes that a user signed in to an application. */
export function noteVisit(entra: EntraServices, request: Request, response: Response, visit: Visit): void {
  const visits = readVisits(entra, request);
  const isNoted = ({ sessionId, clientId }: Visit) =>
    sessionId === visit.sessionId && clientId === visit.clientId;
  if (!visits.some(isNoted)) writeVisits(entra, response, [...visits, visit]);
}

/** Replaces the applications of this browser. */
export function writeVisits({ secrets }: EntraServices, response: Response, visits: readonly Visit[]): void {
  if (visits.length === 0) response.clearCookie(applicationsCookie, cookieOptions);
  else response.cookie(applicationsCookie, secrets.seal('visits', visits), cookieOptions);
}

/** Returns the ID of this browser, and sets one if it has none. Another browser cannot post forms made for this one. */
export function browserId(request: Request, response: Response): string {
  const known = knownBrowserId(request);
  if (known !== undefined) return known;
  const id = crypto.randomUUID();
  response.cookie(browserCookie, id, cookieOptions);
  return id;
}

export const knownBrowserId = (request: Request): string | undefined => readCookie(request, browserCookie);

function readCookie(request: Request, name: string): string | undefined {
  return request
    .get('cookie')
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

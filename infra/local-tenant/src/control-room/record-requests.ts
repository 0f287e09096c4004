import type { Request, RequestHandler, Response } from 'express';
import type { Directory } from '../directory/directory.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { isGuid } from '../entra/parameters.ts';
import { observedOf } from './observed.ts';
import type { CarriedToken, Message, MessageKind } from './recorder.ts';
import { redactMessage, redactParameters, redactText, redactToken, removed } from './redact.ts';

/** Which message a path is, in the order of the checks. Other paths are not recorded. */
const kinds: readonly (readonly [path: RegExp, kind: MessageKind])[] = [
  [/^\/graph\//, 'graph'],
  [/^\/[^/]+\/oauth2\/v2\.0\/token$/, 'token'],
  [/^\/[^/]+\/oauth2\/v2\.0\/authorize$/, 'authorize'],
  [/^\/[^/]+\/sign-in\/consent$|^\/[^/]+(\/v2\.0)?\/adminconsent$/, 'consent'],
  [/^\/[^/]+\/sign-in\//, 'sign-in'],
  [/^\/[^/]+\/discovery\/v2\.0\/keys$/, 'keys'],
  [/^\/[^/]+\/v2\.0\/\.well-known\/openid-configuration$/, 'discovery'],
  [/^\/[^/]+\/oauth2\/v2\.0\/logout$/, 'sign-out'],
  [/^\/[^/]+\/oauth2\/(v2\.0\/devicecode|deviceauth)$/, 'device'],
];

/** Records requests to Entra ID and Microsoft Graph when they are answered. */
export function recordRequests(entra: EntraServices): RequestHandler {
  return (request, response, next) => {
    const kind = kinds.find(([path]) => path.test(request.path))?.[1];
    if (kind === undefined || request.method === 'OPTIONS' || entra.recorder.state() !== 'on') return next();
    const { path } = request;
    const time = new Date().toISOString();
    const started = performance.now();
    response.once('close', () => {
      const milliseconds = Math.round((performance.now() - started) * 10) / 10;
      entra.recorder.record({
        time,
        milliseconds,
        kind,
        path: redactText(path),
        ...describe(entra, kind, request, response),
      });
    });
    next();
  };
}

type Description = Omit<Message, 'id' | 'time' | 'milliseconds' | 'kind' | 'path'>;

/** Describes a request and its response, without anything secret. */
function describe(
  { directory }: EntraServices,
  kind: MessageKind,
  request: Request,
  response: Response,
): Description {
  const seen = observedOf(response);
  const sent = parametersOf(request);
  const parameters = redactParameters(sent);
  const authorization = /^(basic|bearer) /i.exec(request.get('authorization') ?? '')?.[1];
  if (authorization) parameters.Authorization = `${authorization} ${removed}`;

  const presented = kind === 'graph' ? bearerOf(request) : sent.get('assertion');
  const tokens = [
    carried(directory, 'presented', 'access token', presented),
    carried(directory, 'issued', 'access token', seen.json?.access_token),
    carried(directory, 'issued', 'ID token', seen.json?.id_token),
  ].filter((one) => one !== undefined);
  const [first] = tokens;
  const accessToken = tokens.find((one) => one.use === 'issued' && one.kind === 'access token');
  const scope = seen.scope ?? sent.get('scope') ?? '';
  const user = directory.findUser(seen.userId ?? '')?.displayName ?? first?.claims.name;
  return {
    method: request.method,
    status: response.writableFinished ? response.statusCode : null,
    correlationId: correlationIdOf(kind, request, seen.correlationId),
    traceId: /^00-([0-9a-f]{32})-/.exec(request.get('traceparent') ?? '')?.[1] ?? null,
    client: clientOf(directory, seen.clientId ?? sent.get('client_id') ?? clientIdIn(kind, request, first)),
    user: typeof user === 'string' ? redactText(user) : null,
    resource: kind === 'graph' ? 'Microsoft Graph' : (accessToken?.audience ?? resourceOf(directory, scope)),
    scopes: scopesOf(kind, first, accessToken, scope),
    parameters,
    answer: answerOf(response, tokens),
    error: seen.error ? { ...seen.error, text: redactMessage(seen.error.text, sent) } : null,
    tokens,
  };
}

function parametersOf(request: Request): URLSearchParams {
  const query = request.originalUrl.split('?')[1] ?? '';
  const body: unknown = request.body;
  return new URLSearchParams(request.method === 'POST' && typeof body === 'string' ? body : query);
}

const bearerOf = (request: Request): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.get('authorization') ?? '')?.[1];

function carried(
  directory: Directory,
  use: CarriedToken['use'],
  kind: CarriedToken['kind'],
  jwt: unknown,
): CarriedToken | undefined {
  const token = redactToken(jwt);
  if (!token) return undefined;
  return {
    use,
    kind,
    audience: nameOf(directory, token.claims.aud),
    ...token,
  };
}

/** Returns the display name of an application by its client ID or one of its identifier URIs. */
const nameOf = (directory: Directory, identifier: unknown): string | null =>
  typeof identifier === 'string'
    ? (directory.findResource(identifier)?.application.displayName ?? null)
    : null;

/** Finds the resource that a `scope` parameter names first. A scope without a resource is Microsoft Graph's. */
function resourceOf(directory: Directory, scope: string): string | null {
  const [first] = scope.split(' ').filter((one) => one.includes('/'));
  if (first === undefined) return null;
  return nameOf(directory, first.slice(0, first.lastIndexOf('/')));
}

/** Returns the token's scopes; those of the request if there is no token. */
function scopesOf(
  kind: MessageKind,
  presented: CarriedToken | undefined,
  issued: CarriedToken | undefined,
  scope: string,
): string[] {
  const granted = (kind === 'graph' ? presented : issued)?.claims.scp;
  return redactText(typeof granted === 'string' ? granted : scope)
    .split(' ')
    .filter(Boolean);
}

/** Returns the ID that the client or, for a call to Graph, the middle tier sent. */
function correlationIdOf(kind: MessageKind, request: Request, known: string | undefined): string | null {
  const header = request.get('client-request-id') ?? request.get('x-correlation-id') ?? '';
  if (kind !== 'graph' && known !== undefined) return known;
  return isGuid(header) ? header.toLowerCase() : null;
}

function clientIdIn(
  kind: MessageKind,
  request: Request,
  token: CarriedToken | undefined,
): string | undefined {
  const claimed = token?.claims.appid ?? token?.claims.azp;
  if (kind === 'graph') return typeof claimed === 'string' ? claimed : undefined;
  const basic = /^basic +([a-z0-9+/=_-]+)$/i.exec(request.get('authorization') ?? '')?.[1];
  return basic && decodeURIComponentSafely(Buffer.from(basic, 'base64').toString().split(':')[0] ?? '');
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function clientOf({ findApplication }: Directory, appId: string | undefined): Message['client'] {
  if (appId === undefined) return null;
  if (!isGuid(appId)) return { appId: removed, name: null };
  return { appId, name: findApplication(appId.toLowerCase())?.displayName ?? null };
}

/** Says in words what was answered. */
function answerOf(response: Response, tokens: readonly CarriedToken[]): string {
  const { page, sentToClient, error } = observedOf(response);
  if (!response.writableFinished) return 'The client went away.';
  if (sentToClient?.code !== undefined) return 'Back to the application, with an authorization code';
  if (sentToClient) return `Back to the application${error ? ', with an error' : ''}`;
  if (page !== undefined) return `Page “${page}”`;
  const issued = tokens.filter(({ use }) => use === 'issued');
  if (issued.length > 0)
    return issued.map(({ kind, audience }) => `${kind}${audience ? ` for ${audience}` : ''}`).join(', ');
  return response.statusCode < 400 ? 'OK' : 'Rejected';
}

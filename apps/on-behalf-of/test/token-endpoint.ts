import type { IncomingHttpHeaders } from 'node:http';
import type { Authority } from '@obo/access-token';
import { listen } from '@obo/service-defaults/server';
import type { Redirect } from '../src/authorization-code.ts';

/** A requested exchange. */
export interface TokenRequest {
  /** The tenant in the address. */
  tenant: string;
  tid: string;
  oid: string;
  /** Unique per assertion. */
  uti: string;
  /** The resource that the scopes belong to. */
  resource: string;
  scopes: string[];
  /** Whether the response should contain a refresh token. */
  offlineAccess: boolean;
  /** The refresh token that is redeemed; undefined if it is something else. */
  refreshToken: string | undefined;
  /** All parameters of the request. */
  parameters: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
}

export interface TokenAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: Record<string, unknown>;
}

/**
 * A token endpoint that redeems any assertion, any code of {@link redirectOf} and any of its refresh tokens. Its tokens contain
 * the user they were issued for.
 */
export interface TokenEndpoint {
  authority: Authority;
  requests: readonly TokenRequest[];
  /** Counts the connections since the start. */
  connections(): number;
  forget(): void;
  /** Sets the responses from now on; tokens if omitted. */
  behave(answer?: (request: TokenRequest) => TokenAnswer | Promise<TokenAnswer>): void;
  close(): Promise<void>;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.signature`;

/** Decodes the claims of a token without verifying it. */
export const decode = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** Creates what a user comes back with from the authorization endpoint. */
export const redirectOf = ({ tid, oid }: { tid: string; oid: string }): Redirect => ({
  code: jwt({ tid, oid }),
  codeVerifier: 'a verifier of the middle tier',
  redirectUri: 'https://api.example/mcp/signed-in',
});

let issued = 0;

/** Issues a token for the user and the resource in the request. */
export function issue({ tid, oid, uti, resource, scopes }: TokenRequest, changes: object = {}): TokenAnswer {
  issued += 1;
  return {
    body: {
      token_type: 'Bearer',
      scope: scopes.map((scope) => `${resource}/${scope}`).join(' '),
      expires_in: 3600,
      ext_expires_in: 3600,
      access_token: jwt({ tid, oid, uti, aud: resource, scp: scopes.join(' '), issued }),
      refresh_token: `a refresh token.${encode({ tid, oid, uti, issued })}`,
      id_token: jwt({ tid, oid, sub: 'subject', aud: 'client', iss: 'issuer', exp: 4e9 }),
      client_info: encode({ uid: oid, utid: tid }),
      ...changes,
    },
  };
}

/** Creates an error response in the form of Entra ID. */
export const reject = (number: number, error: string, changes: object = {}): TokenAnswer => ({
  status: 400,
  body: { error, error_description: `AADSTS${number}: rejected`, error_codes: [number], ...changes },
});

/** Starts a token endpoint on a free port. */
export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const tenantId = 'c5b1d7f0-3e26-4b8a-9d14-6f7a0e2c8b35';
  const requests: TokenRequest[] = [];
  const connections = new Set<unknown>();
  let behaviour: (request: TokenRequest) => TokenAnswer | Promise<TokenAnswer> = issue;
  const server = await listen(
    async (request, response) => {
      connections.add(request.socket);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const parameters = new URLSearchParams(Buffer.concat(chunks).toString());
      const refreshToken = parameters.get('refresh_token') ?? undefined;
      const { tid, oid, uti } = decode(
        refreshToken ?? parameters.get('assertion') ?? parameters.get('code') ?? '',
      );
      const all = (parameters.get('scope') ?? '').split(' ');
      const asked = all.filter((scope) => scope.includes('/'));
      const [resource = ''] = asked.map((scope) => scope.slice(0, scope.lastIndexOf('/')));
      const scopes = asked.map((scope) => scope.slice(scope.lastIndexOf('/') + 1));
      const [, tenant = ''] = request.url?.split('/') ?? [];
      const user = { tid: String(tid), oid: String(oid), uti: String(uti) };
      const offlineAccess = all.includes('offline_access');
      const seen = {
        ...{ tenant, ...user, resource, scopes, offlineAccess, refreshToken },
        ...{ parameters: Object.fromEntries(parameters), headers: request.headers },
      };
      requests.push(seen);
      const { status = 200, headers = {}, body } = await behaviour(seen);
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    },
    { host: 'localhost', port: 0 },
  );
  const url = `https://localhost:${server.port}/${tenantId}`;
  return {
    authority: {
      url,
      tenantId,
      issuer: `${server.url}/${tenantId}/v2.0`,
      jwksUri: `${server.url}/keys`,
      metadata: {
        issuer: `${server.url}/${tenantId}/v2.0`,
        jwks_uri: `${server.url}/keys`,
        authorization_endpoint: `${server.url}/${tenantId}/oauth2/v2.0/authorize`,
        token_endpoint: `${server.url}/${tenantId}/oauth2/v2.0/token`,
      },
    },
    requests,
    connections: () => connections.size,
    forget() {
      requests.length = 0;
    },
    behave(answer = issue) {
      behaviour = answer;
    },
    close: () => server.close(),
  };
}

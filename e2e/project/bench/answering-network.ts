import { randomBytes } from 'node:crypto';
import type { INetworkModule, NetworkRequestOptions } from '@azure/msal-node';
import { largeToken } from './large-tokens.ts';

/** Responds to any exchange with a token of the usual size for the user of the assertion. */
export function answerExchange(body: string): object {
  const parameters = new URLSearchParams(body);
  const { tid, oid } = claimsOf(parameters.get('assertion') ?? '');
  const scope = (parameters.get('scope') ?? '').split(' ').filter((name) => name.includes('/'));
  const idToken = { tid, oid, sub: oid, aud: 'client', iss: 'issuer', exp: 4e9 };
  return {
    token_type: 'Bearer',
    scope: scope.join(' '),
    expires_in: 3600,
    access_token: largeToken({ tid, oid, aud: scope[0] }),
    // The length of tokens from Entra ID.
    refresh_token: randomBytes(800).toString('base64url'),
    id_token: `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(idToken)}.${randomBytes(256).toString('base64url')}`,
    client_info: encode({ uid: oid, utid: tid }),
  };
}

/** A network client for MSAL that needs no network. */
export const answeringNetwork: INetworkModule = {
  sendGetRequestAsync: () => Promise.reject(new Error('Nothing is read in this bench')),
  async sendPostRequestAsync<Body>(_url: string, options?: NetworkRequestOptions) {
    const body: Body = JSON.parse(JSON.stringify(answerExchange(options?.body ?? '')));
    return { status: 200, headers: {}, body };
  },
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const claimsOf = (token: string): { tid: string; oid: string } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

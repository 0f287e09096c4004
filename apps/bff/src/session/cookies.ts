import type { CookieOptions, Request, Response } from 'express';

/**
 * A cookie with a secret, which only this host gets, only over a secure connection, and no script (RFC 6265bis,
 * section 4.1.3.2: `__Host-`).
 */
export interface SecretCookie {
  /** Returns the value; `undefined` if there is none, or one that this server did not make. */
  read(request: Request): string | undefined;
  set(response: Response, secret: string): void;
  clear(response: Response): void;
}

/**
 * @param maxAge Milliseconds; until the browser is closed if omitted.
 */
function createCookie(name: string, sameSite: 'strict' | 'lax', maxAge?: number): SecretCookie {
  const pattern = new RegExp(`(?:^|; )${name}=([\\w-]{43})(?:;|$)`);
  const options: CookieOptions = { httpOnly: true, secure: true, sameSite, path: '/' };
  return {
    read: (request) => pattern.exec(request.get('cookie') ?? '')?.[1],
    set: (response, secret) =>
      void response.cookie(name, secret, { ...options, ...(maxAge === undefined ? {} : { maxAge }) }),
    clear: (response) => void response.clearCookie(name, options),
  };
}

/** Has the ID of the session. No request that another site causes brings it. */
export const sessionCookie = createCookie('__Host-session', 'strict');

/** How long a user may take on the pages of the identity provider, in milliseconds. */
export const longestSignIn = 600_000;

/** Has the ID of the sign-in under way. `Lax`, because it has to come along when the identity provider leads back. */
export const signInCookie = createCookie('__Host-sign-in', 'lax', longestSignIn);

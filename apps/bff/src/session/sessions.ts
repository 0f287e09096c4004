import { createHash, randomBytes } from 'node:crypto';
import type { AccountInfo } from '@azure/msal-node';
import { LRUCache } from 'lru-cache';

/** What MSAL acquired for a user. */
export interface Tokens {
  account: AccountInfo;
  /** For the middle tier. */
  accessToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** MSAL's cache, which has the refresh token. */
  cache: string;
}

/** A signed-in user in one browser. The browser has its ID and nothing else. */
export interface Session {
  tokens: Tokens;
  /** Milliseconds since the epoch. */
  readonly endsAt: number;
  /** The renewal under way, which concurrent requests share. */
  renewal?: Promise<void> | undefined;
  /** Milliseconds since the epoch; `undefined` before the first renewal. */
  renewedAt?: number;
}

/** The sessions of this process. */
export interface Sessions {
  /** Begins a session with an ID that nobody knows yet, so that no ID from before the sign-in is ever valid after it. */
  begin(tokens: Tokens): string;
  find(id: string): Session | undefined;
  end(id: string): void;
  /**
   * Ends the sessions that came from one sign-in at the identity provider.
   *
   * @param sid The `sid` claim of the ID token.
   */
  endAllOf(sid: string): void;
}

export interface SessionLimits {
  /** Sessions at most; the one that was not used for longest ends first. */
  limit: number;
  /** Milliseconds without a request after which a session ends. */
  idle: number;
  /** Milliseconds after which a session ends in any case. */
  lifetime: number;
}

/** Creates a value that cannot be guessed: 256 random bits. */
export const createSecret = (): string => randomBytes(32).toString('base64url');

/** Returns the key under which a secret is looked up. How long a lookup takes says nothing about the secret. */
export const keyOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** Creates an empty store in memory. */
export function createSessions({ limit, idle, lifetime }: SessionLimits): Sessions {
  const sessions = new LRUCache<string, Session>({ max: limit, ttl: idle, updateAgeOnGet: true, perf: Date });
  return {
    begin(tokens) {
      const id = createSecret();
      sessions.set(keyOf(id), { tokens, endsAt: Date.now() + lifetime });
      return id;
    },
    find(id) {
      const session = sessions.get(keyOf(id));
      if (session && session.endsAt > Date.now()) return session;
      sessions.delete(keyOf(id));
      return undefined;
    },
    end: (id) => void sessions.delete(keyOf(id)),
    endAllOf(sid) {
      for (const [key, { tokens }] of [...sessions.entries()])
        if (tokens.account.idTokenClaims?.sid === sid) sessions.delete(key);
    },
  };
}

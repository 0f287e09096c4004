import { z } from 'zod';
import { createSecret, type Stores } from './stores.ts';

/** What MSAL acquired for a user. */
const tokensSchema = z.object({
  /** What MSAL tells of the user, as far as it is used. */
  account: z.object({
    homeAccountId: z.string(),
    localAccountId: z.string(),
    tenantId: z.string(),
    environment: z.string(),
    username: z.string(),
    name: z.string().exactOptional(),
    idTokenClaims: z
      .object({ sid: z.string().exactOptional(), login_hint: z.string().exactOptional() })
      .exactOptional(),
  }),
  /** For the middle tier. */
  accessToken: z.string(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
  /** MSAL's cache, which has the refresh token. */
  cache: z.string(),
});
export type Tokens = z.output<typeof tokensSchema>;

const storedSchema = z.object({
  tokens: tokensSchema,
  /** Milliseconds since the epoch. */
  endsAt: z.number(),
  /** Milliseconds since the epoch; `undefined` before the first renewal. */
  renewedAt: z.number().optional(),
});

/** A signed-in user in one browser. The browser has its ID and nothing else. */
export interface Session extends z.output<typeof storedSchema> {
  id: string;
}

/** The sessions. */
export interface Sessions {
  /** Begins a session with an ID that nobody knows yet, so that no ID from before the sign-in is ever valid after it. */
  begin(tokens: Tokens): Promise<string>;
  find(id: string): Promise<Session | undefined>;
  /**
   * Gives a session the tokens of a renewal. One that ended meanwhile stays ended.
   *
   * @returns the session with them.
   */
  renew(session: Session, tokens: Tokens): Promise<Session>;
  end(id: string): Promise<void>;
  /**
   * Ends the sessions that came from one sign-in at the identity provider.
   *
   * @param sid The `sid` claim of the ID token.
   */
  endAllOf(sid: string): Promise<void>;
}

export interface SessionLimits {
  /** Milliseconds without a request after which a session ends. */
  idle: number;
  /** Milliseconds after which a session ends in any case. */
  lifetime: number;
}

/** Creates the sessions, in one of the stores. */
export function createSessions(stores: Stores, { idle, lifetime }: SessionLimits): Sessions {
  const store = stores.open({ kind: 'session', schema: storedSchema, idle, lifetime });
  return {
    async begin(tokens) {
      const id = createSecret();
      await store.add(id, { tokens, endsAt: Date.now() + lifetime }, tokens.account.idTokenClaims?.sid);
      return id;
    },
    async find(id) {
      const session = await store.find(id);
      if (session === undefined) return undefined;
      if (session.endsAt > Date.now()) return { ...session, id };
      await store.remove(id);
      return undefined;
    },
    async renew({ id, endsAt }, tokens) {
      const renewed = { tokens, endsAt, renewedAt: Date.now() };
      await store.replace(id, renewed);
      return { ...renewed, id };
    },
    end: store.remove,
    endAllOf: store.removeGroup,
  };
}

import { type AccessToken, type CacheReport, createPersonalCache, reportCache } from '@obo/service-defaults';
import type { DownstreamToken, Exchange } from './exchange.ts';

/** A token, and whether the identity provider had to be asked for it. */
export interface AcquiredToken {
  accessToken: string;
  source: 'cache' | 'identity_provider';
}

/** Acquires tokens on behalf of the person whose access token it is given. */
export interface OnBehalfOf {
  /** The token that is at hand, if there is one. */
  find(token: AccessToken, scopes: readonly string[]): AcquiredToken | undefined;
  /**
   * @param refused A token that its resource refused, which is not handed out again. Of calls that are refused at the
   * same time, only one asks for another.
   * @throws {Problem} see `exchangeProblems`. A failure is not remembered.
   */
  acquire(token: AccessToken, scopes: readonly string[], refused?: string): Promise<AcquiredToken>;
  /** Forgets every token of a person, of all their sessions, after a claims challenge. */
  forget(person: string): void;
  /** How many sessions there are tokens for. */
  size(): number;
}

interface Kept extends AcquiredToken {
  readonly scopes: string;
  /** Milliseconds since the epoch until which it is handed out. */
  readonly until: number;
}

/** What was got with one assertion. */
interface Session {
  readonly person: string;
  tokens: readonly Kept[];
}

/** An exchange that is under way. */
interface Flight {
  readonly person: string;
  readonly result: Promise<DownstreamToken>;
}

/** Milliseconds before its expiry from which a token is no longer handed out. */
const expiryMargin = 60_000;

/**
 * Keeps the tokens that were exchanged, in one session for each assertion. So nobody ever gets a token that was got with
 * another assertion, sessions of one person do not displace each other, and the cost of a call does not depend on how many
 * people there are. Calls at the same time for the same scopes share one exchange.
 *
 * Tokens are handed out until their assertion expires, or a minute before their own end. Their session leaves when the last
 * of them does, or when there is no room and it is the one not asked for since longest ago (give or take five minutes).
 *
 * @param bytes How many all sessions together may take.
 */
export function createOnBehalfOf(
  { exchange }: Pick<Exchange, 'exchange'>,
  bytes: number,
  report: CacheReport<'memory'> = reportCache(undefined, 'downstream_tokens'),
): OnBehalfOf {
  const sessions = createPersonalCache<Session>(bytes, (session, reason) => {
    session.tokens = [];
    report.evicted('memory', reason);
  });
  report.watch('memory', () => ({ entries: sessions.size(), bytes: sessions.bytes() }));
  // Found without a look-up that touches memory all over the place; see decision 004.
  const lately = new WeakMap<AccessToken['claims'], Session>();
  const flights = new Map<string, Flight>();
  const nameOf = createNames();

  function sessionOf(token: AccessToken): Session | undefined {
    const session = sessions.get(token.session);
    if (session) lately.set(token.claims, session);
    return session;
  }

  function find(token: AccessToken, scopes: readonly string[]): AcquiredToken | undefined {
    const { tokens = [] } = lately.get(token.claims) ?? sessionOf(token) ?? {};
    const name = nameOf(scopes);
    for (const kept of tokens) if (kept.scopes === name) return kept.until > Date.now() ? kept : undefined;
    return undefined;
  }

  function keep(token: AccessToken, scopes: string, { accessToken, expiresAt }: DownstreamToken): void {
    const now = Date.now();
    const until = Math.min(expiresAt - expiryMargin, token.claims.exp * 1000);
    const session = sessionOf(token) ?? { person: token.person, tokens: [] };
    const others = session.tokens.filter((kept) => kept.scopes !== scopes && kept.until > now);
    session.tokens = [...others, { accessToken, source: 'cache', scopes, until }];
    const size = session.tokens.reduce((sum, kept) => sum + kept.accessToken.length, 0);
    sessions.set(token.session, session, size, Math.max(...session.tokens.map((kept) => kept.until)) - now);
  }

  function depart(token: AccessToken, scopes: readonly string[]): Flight {
    const name = nameOf(scopes);
    const key = token.session + name;
    // Whoever forgets the person takes the flight off the map, so that its token is not kept.
    const isExpected = (): boolean => flights.get(key) === flight;
    const run = async (): Promise<DownstreamToken> => {
      try {
        const fresh = await exchange(token, scopes);
        if (isExpected()) keep(token, name, fresh);
        return fresh;
      } finally {
        if (isExpected()) flights.delete(key);
      }
    };
    const flight: Flight = { person: token.person, result: run() };
    flights.set(key, flight);
    return flight;
  }

  function findReported(token: AccessToken, scopes: readonly string[]): AcquiredToken | undefined {
    const known = find(token, scopes);
    if (known) report.hit('memory');
    return known;
  }

  return {
    find: findReported,
    async acquire(token, scopes, refused) {
      const session = sessionOf(token);
      if (session) session.tokens = session.tokens.filter((kept) => kept.accessToken !== refused);
      const known = findReported(token, scopes);
      if (known) return known;
      report.miss('memory');
      const shared = flights.get(token.session + nameOf(scopes));
      if (shared) report.coalesced();
      const { result } = shared ?? depart(token, scopes);
      return { accessToken: (await result).accessToken, source: 'identity_provider' };
    },
    forget(person) {
      sessions.forget(person);
      for (const [key, flight] of flights) if (flight.person === person) flights.delete(key);
    },
    size: sessions.size,
  };
}

/** Makes short names for sets of scopes. Asked at every call with the same few lists, so it must cost next to nothing. */
function createNames(): (scopes: readonly string[]) => string {
  const names = new Map<string, string>();
  const known = new WeakMap<readonly string[], string>();

  function make(scopes: readonly string[]): string {
    const sorted = [...scopes].sort().join(' ');
    const name = names.get(sorted) ?? String(names.size);
    names.set(sorted, name);
    known.set(scopes, name);
    return name;
  }

  return (scopes) => known.get(scopes) ?? make(scopes);
}

import {
  type AccessToken,
  type CacheReport,
  createPersonalCache,
  describeError,
  reportCache,
} from '@obo/service-defaults';
import type { Logger } from 'pino';
import type { DownstreamToken, Exchange } from './exchange.ts';

/** A token, and where it was: with this instance, with another one, or nowhere before. */
export interface AcquiredToken {
  accessToken: string;
  source: 'cache' | 'shared_cache' | 'identity_provider';
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
  /**
   * Forgets every token of a person, of all their sessions, after a claims challenge.
   *
   * @param unlessOf The era whose tokens stay, if one has begun since.
   */
  forget(person: string, unlessOf?: string): void;
  /** Whose tokens are kept, and of which era. */
  kept(): Iterable<{ person: string; era: string | undefined }>;
  /** How many sessions there are tokens for. */
  size(): number;
}

interface Kept extends AcquiredToken {
  readonly scopes: string;
  /** Milliseconds since the epoch until which it is handed out. */
  readonly until: number;
  /** Milliseconds since the epoch from which it is renewed when it is handed out. */
  renewAt: number;
}

export interface OnBehalfOfOptions {
  /** How many all sessions together may take. */
  bytes: number;
  logger: Logger;
  report?: CacheReport<'memory'>;
}

/** What was got with one assertion. */
class Session {
  readonly person: string;
  /** Where it is kept. */
  readonly home: object;
  /** The person's era in which its tokens were got, if that was known. */
  era: string | undefined;
  tokens: readonly Kept[] = [];

  constructor(person: string, home: object, era: string | undefined) {
    this.person = person;
    this.home = home;
    this.era = era;
  }
}

/** An exchange that is under way. */
interface Flight {
  readonly person: string;
  readonly result: Promise<DownstreamToken>;
  /** The only era of which its token may be kept, if another one ended meanwhile. */
  onlyOf?: string;
}

/** Milliseconds before its expiry from which a token is no longer handed out. */
const expiryMargin = 60_000;

/** The last part of its time in which a token is renewed, if the issuer says nothing else. */
const renewalPart = 0.1;

/** Milliseconds after which it is tried again to renew a token. */
const renewAgainAfter = 30_000;

/**
 * Keeps the tokens that were exchanged, in one session for each assertion. So nobody ever gets a token that was got with
 * another assertion, sessions of one person do not displace each other, and the cost of a call does not depend on how many
 * people there are. Calls at the same time for the same scopes share one exchange.
 *
 * Tokens are handed out until their assertion expires, or a minute before their own end. From `refresh_in`, or in the last
 * tenth of its time, a token is renewed while it is handed out, so that nobody waits. A session leaves with its last token,
 * or when there is no room and it is the one not asked for since longest ago (give or take five minutes).
 */
export function createOnBehalfOf(
  { exchange }: Pick<Exchange, 'exchange'>,
  { bytes, logger, report = reportCache(undefined, 'downstream_tokens') }: OnBehalfOfOptions,
): OnBehalfOf {
  const sessions = createPersonalCache<Session>(bytes, (session, reason) => {
    session.tokens = [];
    report.evicted('memory', reason);
  });
  report.watch('memory', () => ({ entries: sessions.size(), bytes: sessions.bytes() }));
  const flights = new Map<string, Flight>();
  const nameOf = createNames();

  function sessionOf(token: AccessToken): Session | undefined {
    const session = sessions.get(token.session);
    if (session) token.companion = session;
    return session;
  }

  /** Found without a look-up that touches memory all over the place; see decision 004. */
  function companionOf({ companion }: AccessToken): Session | undefined {
    return companion instanceof Session && companion.home === sessions ? companion : undefined;
  }

  function find(token: AccessToken, scopes: readonly string[]): AcquiredToken | undefined {
    const { tokens = [] } = companionOf(token) ?? sessionOf(token) ?? {};
    const name = nameOf(scopes);
    for (const kept of tokens) {
      if (kept.scopes !== name) continue;
      const now = Date.now();
      if (kept.until <= now) return undefined;
      if (kept.renewAt <= now) renewAhead(token, scopes, kept, now);
      return kept;
    }
    return undefined;
  }

  function renewAhead(token: AccessToken, scopes: readonly string[], kept: Kept, now: number): void {
    kept.renewAt = now + renewAgainAfter;
    if (flights.has(token.session + kept.scopes)) return;
    depart(token, scopes, kept.accessToken).result.catch((error: unknown) => {
      logger.warn({ error: describeError(error) }, 'token could not be renewed ahead of its end');
    });
  }

  function keep(token: AccessToken, scopes: string, fresh: DownstreamToken): void {
    const now = Date.now();
    const endOfAssertion = token.claims.exp * 1000;
    const until = Math.min(fresh.expiresAt - expiryMargin, endOfAssertion);
    // With the assertion ends the need for the token, so there is nothing to renew it for.
    const lastPart = until < endOfAssertion ? until - (until - now) * renewalPart : Number.POSITIVE_INFINITY;
    const { accessToken, era, refreshAt = lastPart } = fresh;

    const session = sessionOf(token) ?? new Session(token.person, sessions, era);
    const isSameEra = era === undefined || era === session.era;
    const others = session.tokens.filter((kept) => isSameEra && kept.scopes !== scopes && kept.until > now);
    session.era = era ?? session.era;
    session.tokens = [...others, { accessToken, source: 'cache', scopes, until, renewAt: refreshAt }];
    const size = session.tokens.reduce((sum, kept) => sum + kept.accessToken.length, 0);
    sessions.set(token.session, session, size, Math.max(...session.tokens.map((kept) => kept.until)) - now);
  }

  function depart(token: AccessToken, scopes: readonly string[], except?: string): Flight {
    const name = nameOf(scopes);
    const key = token.session + name;
    // Whoever forgets the person takes the flight off the map, so that its token is not kept.
    const isExpected = (): boolean => flights.get(key) === flight;
    const run = async (): Promise<DownstreamToken> => {
      try {
        const fresh = await exchange(token, scopes, except);
        if (isExpected() && (flight.onlyOf ?? fresh.era) === fresh.era) keep(token, name, fresh);
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

  async function acquire(
    token: AccessToken,
    scopes: readonly string[],
    refused?: string,
  ): Promise<AcquiredToken> {
    const session = sessionOf(token);
    if (session) session.tokens = session.tokens.filter((kept) => kept.accessToken !== refused);
    const known = findReported(token, scopes);
    if (known) return known;
    report.miss('memory');
    const underWay = flights.get(token.session + nameOf(scopes));
    if (underWay) report.coalesced();
    const { accessToken, source } = await (underWay ?? depart(token, scopes, refused)).result;
    // An exchange that others began may have found the refused one with another instance.
    return accessToken === refused ? acquire(token, scopes, refused) : { accessToken, source };
  }

  return {
    find: findReported,
    acquire,
    forget(person, unlessOf) {
      sessions.forget(person, ({ era }) => era !== undefined && era === unlessOf);
      for (const [key, flight] of flights) {
        if (flight.person !== person) continue;
        if (unlessOf === undefined) flights.delete(key);
        else flight.onlyOf = unlessOf;
      }
    },
    kept: sessions.values,
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

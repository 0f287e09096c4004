import type { AccessToken } from '@obo/access-token';
import { type CacheReport, describeError, reportCache } from '@obo/service-defaults/observability';
import { createPersonalCache } from '@obo/service-defaults/user-cache';
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

/** A token at hand. Its times are whole seconds since the epoch, which are kept in place and not somewhere in memory. */
class Kept {
  readonly scopes: string;
  /** Where it is kept. */
  readonly home: object;
  /** When it ends to be handed out. */
  until: number;
  /** Until when it is handed out and no more is done. From then on it is also renewed, unless it has ended. */
  restsUntil: number;
  /** The next one of the session. */
  next: Kept | undefined;
  #accessToken: string;

  constructor(accessToken: string, scopes: string, home: object, until: number, restsUntil: number) {
    this.#accessToken = accessToken;
    this.scopes = scopes;
    this.home = home;
    this.until = until;
    this.restsUntil = restsUntil;
    this.next = undefined;
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  /** It may be referred to for a while; the token itself is let go. */
  end(): void {
    this.until = 0;
    this.restsUntil = 0;
    this.next = undefined;
    this.#accessToken = '';
  }
}

export interface OnBehalfOfOptions {
  /** How many all sessions together may take. */
  bytes: number;
  logger: Logger;
  report?: CacheReport<'memory'>;
}

/** What was got with one assertion. */
interface Session {
  readonly person: string;
  /** The person's era in which its tokens were got, if that was known. */
  era: string | undefined;
  tokens: readonly Kept[];
}

/** An exchange that is under way. */
interface Flight {
  readonly person: string;
  readonly result: Promise<DownstreamToken>;
  /** The only era of which its token may be kept, if another one ended meanwhile. */
  onlyOf?: string;
}

/** Seconds before its expiry from which a token is no longer handed out. */
const expiryMargin = 60;

/** The last part of its time in which a token is renewed, if the issuer says nothing else. */
const renewalPart = 0.1;

/** Seconds after which it is tried again to renew a token. */
const renewAgainAfter = 30;

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
    hold(session, []);
    report.evicted('memory', reason);
  });
  report.watch('memory', () => ({ entries: sessions.size(), bytes: sessions.bytes() }));
  const flights = new Map<string, Flight>();
  const nameOf = createNames();

  function sessionOf(token: AccessToken): Session | undefined {
    const session = sessions.get(token.session);
    if (session) token.companion = session.tokens[0];
    return session;
  }

  /** Found without a look-up that touches memory all over the place; see decision 004. */
  function companionOf({ companion }: AccessToken): Kept | undefined {
    return companion instanceof Kept && companion.home === sessions ? companion : undefined;
  }

  function find(token: AccessToken, scopes: readonly string[]): AcquiredToken | undefined {
    const name = nameOf(scopes);
    let kept = companionOf(token) ?? sessionOf(token)?.tokens[0];
    while (kept && kept.scopes !== name) kept = kept.next;
    if (!kept) return undefined;
    const now = Date.now() / 1000;
    if (now >= kept.until) return undefined;
    if (now >= kept.restsUntil) renewAhead(token, scopes, kept, now);
    return { accessToken: kept.accessToken, source: 'cache' };
  }

  function renewAhead(token: AccessToken, scopes: readonly string[], kept: Kept, now: number): void {
    kept.restsUntil = Math.min(kept.until, Math.floor(now) + renewAgainAfter);
    if (flights.has(token.session + kept.scopes)) return;
    depart(token, scopes, kept.accessToken).result.catch((error: unknown) => {
      logger.warn({ error: describeError(error) }, 'token could not be renewed ahead of its end');
    });
  }

  function keep(token: AccessToken, scopes: string, fresh: DownstreamToken): void {
    const now = Date.now() / 1000;
    const endOfAssertion = token.claims.exp;
    const until = Math.min(Math.floor(fresh.expiresAt / 1000) - expiryMargin, endOfAssertion);
    // With the assertion ends the need for the token, so there is nothing to renew it for.
    const lastPart = until < endOfAssertion ? until - (until - now) * renewalPart : until;
    const { accessToken, era, refreshAt } = fresh;
    const renewAt = Math.floor(refreshAt === undefined ? lastPart : refreshAt / 1000);
    const restsUntil = Math.min(until, renewAt);

    const session = sessionOf(token) ?? { person: token.person, era, tokens: [] };
    const isSameEra = era === undefined || era === session.era;
    const others = session.tokens.filter((kept) => isSameEra && kept.scopes !== scopes && kept.until > now);
    session.era = era ?? session.era;
    hold(session, [...others, new Kept(accessToken, scopes, sessions, until, restsUntil)]);
    const size = session.tokens.reduce((sum, kept) => sum + kept.accessToken.length, 0);
    const end = Math.max(...session.tokens.map((kept) => kept.until));
    sessions.set(token.session, session, size, (end - now) * 1000);
    token.companion = session.tokens[0];
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
    if (session && refused !== undefined)
      hold(
        session,
        session.tokens.filter(({ accessToken }) => accessToken !== refused),
      );
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

/** Gives a session these tokens. Those that it had are not handed out any more, wherever they are still referred to. */
function hold(session: Session, tokens: readonly Kept[]): void {
  for (const kept of session.tokens) if (!tokens.includes(kept)) kept.end();
  for (const [index, kept] of tokens.entries()) kept.next = tokens[index + 1];
  session.tokens = tokens;
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

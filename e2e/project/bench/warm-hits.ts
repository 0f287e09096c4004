import { randomInt } from 'node:crypto';
import { AccessToken } from '@obo/access-token';
import {
  type AccessTokenClaims,
  contentOf,
  createValidatedTokens,
  digestOf,
} from '@obo/access-token/testing';
import { createClient } from '@redis/client';
import { pino } from 'pino';
import { z } from 'zod';
import { createTokenCache } from '../../../apps/on-behalf-of/src/token-cache.ts';
import { answeringNetwork } from './answering-network.ts';
import {
  type BenchRow,
  benchRowSchema,
  divide,
  median,
  ratioRow,
  shownRow,
  withSpread,
} from './bench-row.ts';
import { assertionClaims, createBenchIssuer, largeToken } from './large-tokens.ts';
import { type AcquireToken, createClientPerRequest, createProcessWideClient } from './peer-clients.ts';
import { answerMessages, startProgram } from './program.ts';

const scopes = ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.ReadBasic.All'];
const otherScopes = ['api://leave/Leave.Read'];
const key = { kty: 'RSA', kid: 'key', n: 'n', e: 'AQAB' } as const;

/** Presents a user's token, and returns the token for Graph that was exchanged for it. */
type Hit = (assertion: string) => string | Promise<string>;

/** Users whose tokens for two resources are cached. */
interface Population {
  /** The token of one of them, as a new string, as HTTP creates one for each request. */
  someAssertion(): string;
  hit: Hit;
}

function assertionsOf(users: number): { encoded: Buffer; claims: AccessTokenClaims }[] {
  return Array.from({ length: users }, (_, index) => {
    const claims = assertionClaims(index);
    return { encoded: Buffer.from(largeToken(claims)), claims };
  });
}

const someOf = (assertions: readonly { encoded: Buffer }[]) => (): string =>
  assertions[randomInt(assertions.length)]?.encoded.toString('latin1') ?? '';

/** Our caches: the guard's, and the token cache. */
async function ours(users: number): Promise<Population> {
  const validatedTokens = createValidatedTokens({ isCurrent: () => true });
  const tokenCache = createTokenCache(
    {
      exchange: async ({ claims }, [aud]) => ({
        accessToken: largeToken({ tid: claims.tid, oid: claims.oid, aud }),
        expiresAt: claims.exp * 1000,
        refreshAt: undefined,
        source: 'identity_provider',
      }),
    },
    { bytes: 512 * 1024 * 1024, logger: pino({ level: 'silent' }) },
  );
  const assertions = assertionsOf(users);
  for (const { encoded, claims } of assertions) {
    const assertion = encoded.toString('latin1');
    const validated = { ...contentOf(claims, digestOf(assertion)), key };
    validatedTokens.keep(validated);
    const token = new AccessToken(assertion, validated);
    await tokenCache.exchange(token, scopes);
    await tokenCache.exchange(token, otherScopes);
  }
  return {
    someAssertion: someOf(assertions),
    hit(assertion) {
      const content = validatedTokens.find(digestOf(assertion));
      if (!content) throw new Error('The token was verified, and is not known');
      const found = tokenCache.find(new AccessToken(assertion, content), scopes);
      if (!found) throw new Error('The token was acquired, but is not cached');
      return found.accessToken;
    },
  };
}

async function peer(acquire: AcquireToken, users: number): Promise<Population> {
  const assertions = assertionsOf(users);
  for (const { encoded } of assertions) {
    const assertion = encoded.toString('latin1');
    await acquire(assertion, scopes);
    await acquire(assertion, otherScopes);
  }
  return { someAssertion: someOf(assertions), hit: (assertion) => acquire(assertion, scopes) };
}

/** Measures microseconds per hit. */
async function time({ someAssertion, hit }: Population, hits: number): Promise<number> {
  const assertions = Array.from({ length: hits }, someAssertion);
  const started = performance.now();
  for (const assertion of assertions) {
    const token = hit(assertion);
    if (typeof token !== 'string') await token;
  }
  return ((performance.now() - started) * 1000) / hits;
}

function bareVerification(): Population {
  const issuer = createBenchIssuer();
  const token = issuer.sign(assertionClaims(0));
  return {
    someAssertion: () => Buffer.from(token).toString('latin1'),
    hit(assertion) {
      if (!issuer.verify(assertion)) throw new Error('The signature does not match');
      return assertion;
    },
  };
}

/**
 * Compares the cost of cached tokens with other ways. Measured in a process of its own: with 10,000 users most of the
 * cost is the access to memory, which takes longer if the memory holds much else.
 */
export async function warmHitRows(redisUrl: string): Promise<BenchRow[]> {
  await using program = startProgram(import.meta.filename);
  return await program.ask(redisUrl, z.array(benchRowSchema));
}

async function measure(redisUrl: string): Promise<BenchRow[]> {
  const few = await ours(10);
  const many = await ours(10_000);
  const own = await interleave({ few, many, bare: bareVerification() });

  const processWide = () => createProcessWideClient({ networkClient: answeringNetwork });
  const wide = await interleave(
    { few: await peer(processWide(), 10), many: await peer(processWide(), 500) },
    { rounds: 10, hits: 8 },
  );
  const redis = await openRedis(redisUrl);
  const perRequest =
    redis && (await peer(createClientPerRequest({ networkClient: answeringNetwork }, redis.store), 100));
  const beside = perRequest && (await interleave({ perRequest, hundred: await ours(100) }));
  await redis?.close();

  const growth = median(wide.many) / median(wide.few);
  const wideToBare = median(wide.many) / median(own.bare);
  return [
    shownRow(
      'Warm token hit, 10,000 users / 10 users',
      `${withSpread(divide(own.many, own.few))}; ${micro(median(own.many))} / ${micro(median(own.few))}`,
      `one client for the process, 500 users / 10: ${growth.toFixed(0)} (${micro(median(wide.many))} / ${micro(median(wide.few))})`,
    ),
    ratioRow(
      'Warm token hit at 10,000 users / one bare RS256 verification',
      { atMost: 0.25 },
      own.many,
      own.bare,
      {
        show: micro,
        peers: `one client for the process, at 500 users: ${wideToBare.toFixed(0)}`,
      },
    ),
    beside
      ? ratioRow(redisRow, { atLeast: 50 }, beside.perRequest, beside.hundred, {
          show: micro,
          digits: 0,
        })
      : shownRow(redisRow, 'not measured, as no Redis answers at REDIS_URL'),
  ];
}

const redisRow =
  'Warm token hit: a client for each request with Redis through ICachePlugin / ours, 100 users';

const micro = (time: number): string => `${time.toFixed(1)} µs`;

/** Measures microseconds per hit alternately, in several rounds. */
async function interleave<Name extends string>(
  populations: Readonly<Record<Name, Population>>,
  { rounds = 100, hits = 64 } = {},
): Promise<Record<Name, number[]>> {
  const names = Object.keys(populations) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -Math.ceil(rounds / 4); round < rounds; round += 1) {
    for (const name of names) {
      const measured = await time(populations[name], hits);
      if (round >= 0) times[name].push(measured);
    }
  }
  return times;
}

async function openRedis(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  return {
    store: {
      get: (partition: string) => client.get(partition),
      set: (partition: string, content: string) =>
        client.set(partition, content, { expiration: { type: 'EX', value: 300 } }),
    },
    close: async () => client.destroy(),
  };
}

if (import.meta.main) answerMessages((redisUrl) => measure(z.string().parse(redisUrl)));

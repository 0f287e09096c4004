import { setTimeout } from 'node:timers/promises';
import { AccessToken } from '@obo/access-token';
import { contentOf, createValidatedTokens, digestOf } from '@obo/access-token/testing';
import { pino } from 'pino';
import { z } from 'zod';
import { createTokenCache } from '../../../apps/on-behalf-of/src/token-cache.ts';
import { type BenchRow, countRow, ratioRow } from './bench-row.ts';
import { assertionClaims, largeToken } from './large-tokens.ts';
import { answerMessages, startProgram } from './program.ts';

const key = { kty: 'RSA', kid: 'key', n: 'n', e: 'AQAB' } as const;
const bytes = 16 * 1024 * 1024;

/** Milliseconds for which the tokens of a user may be cached. */
const stay = 1_500;

const measuredSchema = z.object({
  bytesAboveCap: z.number(),
  leftAfterExpiry: z.number(),
  heapAfterFew: z.number(),
  heapAfterMany: z.number(),
});

/** Lets users come and go in a process of its own, so that only their memory is measured. */
export async function cacheBoundRows(): Promise<BenchRow[]> {
  await using program = startProgram(import.meta.filename, { flags: ['--expose-gc'] });
  const measured = await program.ask('measure', measuredSchema);
  const { bytesAboveCap, leftAfterExpiry, heapAfterFew, heapAfterMany } = measured;
  const megabytes = (size: number): string => `${(size / 1024 / 1024).toFixed(1)} MB`;
  return [
    countRow(
      'Bytes above the limit of the token cache, while 100,000 users arrive',
      { exactly: 0 },
      bytesAboveCap,
    ),
    countRow('Entries left in both caches when all tokens have expired', { exactly: 0 }, leftAfterExpiry),
    ratioRow(
      'Heap after 100,000 users came and went / after 10,000',
      { atMost: 1.1 },
      [heapAfterMany],
      [heapAfterFew],
      {
        show: megabytes,
        peers: 'one client for the process: grows without limit, about 10 kB per user',
      },
    ),
  ];
}

async function measure() {
  const caches = makeCaches();
  let bytesAboveCap = 0;
  let users = 0;
  async function comeAndGo(many: number): Promise<number> {
    for (let come = 0; come < many; come += 1) {
      await caches.come(users);
      users += 1;
      bytesAboveCap = Math.max(bytesAboveCap, caches.bytes() - bytes);
    }
    await setTimeout(stay + 500);
    global.gc?.();
    return process.memoryUsage().heapUsed;
  }
  await comeAndGo(10_000);
  const heapAfterFew = await comeAndGo(10_000);
  const heapAfterMany = await comeAndGo(100_000);
  return { bytesAboveCap, leftAfterExpiry: caches.size(), heapAfterFew, heapAfterMany };
}

function makeCaches() {
  const sizes = { validated: () => ({ entries: 0, bytes: 0 }), tokenCache: () => ({ entries: 0, bytes: 0 }) };
  const report = (name: keyof typeof sizes) => ({
    hit() {},
    miss() {},
    coalesced() {},
    evicted() {},
    watch(_level: 'memory', read: () => { entries: number; bytes: number }) {
      sizes[name] = read;
    },
  });
  const validatedTokens = createValidatedTokens({ isCurrent: () => true }, report('validated'));
  const tokenCache = createTokenCache(
    {
      exchange: async ({ claims }, [aud]) => ({
        accessToken: largeToken({ oid: claims.oid, aud }),
        // A token is not handed out in its last minute.
        expiresAt: Date.now() + 60_000 + stay,
        refreshAt: undefined,
        source: 'identity_provider',
      }),
    },
    { bytes, logger: pino({ level: 'silent' }), report: report('tokenCache') },
  );
  return {
    async come(index: number): Promise<void> {
      const claims = assertionClaims(index);
      // The guard keeps a token for five minutes after its expiry, as clocks may differ by so much.
      const ending = { ...claims, exp: Math.floor((Date.now() + stay) / 1000) - 300 };
      const assertion = largeToken(ending);
      const validated = { ...contentOf(ending, digestOf(assertion)), key };
      validatedTokens.keep(validated);
      // The assertion stays valid; the tokens exchanged for it expire.
      const token = new AccessToken(assertion, contentOf(claims, digestOf(assertion)));
      for (const resource of ['https://graph.microsoft.com/User.Read', 'api://leave/Leave.Read'])
        await tokenCache.exchange(token, [resource]);
    },
    bytes: () => sizes.tokenCache().bytes,
    size: () => sizes.tokenCache().entries + sizes.validated().entries,
  };
}

if (import.meta.main) answerMessages(measure);

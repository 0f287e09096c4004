import { randomInt } from 'node:crypto';
import type { AccessToken } from '@obo/access-token';
import { makeAccessToken } from '@obo/access-token/testing';
import { expect, onTestFinished, test } from 'vitest';
import { makeKeyRing, namesOf, onRedis, redisAnswers, redisUrl } from '../../testing/redis.ts';
import { startInstance } from '../instance.ts';
import { decode, issue, reject, startTokenEndpoint } from '../token-endpoint.ts';

const steps = 10_000;
const atOnce = 25;
const users = 12;
const assertionsOfEach = 3;
const resources = [
  ['https://graph.microsoft.com/User.Read', 'https://graph.microsoft.com/User.ReadBasic.All'],
  ['api://leave/Leave.Read'],
  ['api://leave/Leave.ReadWrite'],
];

/** Creates random numbers from a seed (mulberry32). */
function createRandom(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (probability: number): boolean => next() < probability,
    pick<Item>(items: readonly Item[]): Item {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('There is nothing to pick from');
      return item;
    },
  };
}

/** Decodes a token from the endpoint of the test. */
const read = (token: string) => {
  const { oid, tid, aud, scp, uti, issued } = decode(token);
  return { whose: { oid, tid, aud, scp, uti }, issued: Number(issued) };
};

test.skipIf(!redisAnswers)(
  `in ${steps} random calls of two instances no user gets the token of another user`,
  { timeout: 120_000 },
  async () => {
    const seed = randomInt(2 ** 31);
    const random = createRandom(seed);
    const endpoint = await startTokenEndpoint();
    const keys = makeKeyRing();
    const instances = [1, 2].map(() =>
      startInstance(endpoint, {
        sharedCache: { url: redisUrl, keys, deadline: 10_000 },
        tokenCacheBytes: 150_000,
      }),
    );
    onTestFinished(async () => {
      await Promise.all(instances.map((instance) => instance.close()));
      await endpoint.close();
    });

    let issued = 0;
    endpoint.behave((request) => {
      if (random.chance(0.02)) return reject(50133, 'invalid_grant');
      if (random.chance(0.02)) return reject(65001, 'invalid_grant', { suberror: 'consent_required' });
      if (random.chance(0.02)) return { status: 429, headers: { 'retry-after': '60' }, body: {} };
      const life = random.pick([3_600, 3_600, 3_600, 3_600, 3_600, 62, 400]);
      const renewal = random.chance(0.2) ? { refresh_in: 1 } : {};
      const answer = issue(request, { expires_in: life, ...renewal });
      issued = read(String(answer.body.access_token)).issued;
      return answer;
    });

    const newAssertion = (user: number): AccessToken =>
      makeAccessToken({
        oid: `00000000-0000-4000-8000-${String(user).padStart(12, '0')}`,
        exp: Math.floor(Date.now() / 1000) + random.pick([5, 300, 3_600]),
      });
    const assertions = Array.from({ length: users * assertionsOfEach }, (_, index) =>
      newAssertion(index % users),
    );
    const counts = { acquired: 0, rejected: 0, sources: new Set<string>() };
    /** By instance and user: the number of the last token issued when the user was revoked there. */
    const revoked = new Map<string, number>();

    async function step(): Promise<void> {
      const index = assertions.indexOf(random.pick(assertions));
      if (random.chance(0.005)) assertions[index] = newAssertion(index % users);
      const token = assertions[index] ?? newAssertion(index % users);
      const number = random.pick([0, 1]);
      const instance = instances[number];
      if (!instance) return;
      const key = `${number} ${token.userKey}`;
      if (random.chance(0.005)) {
        instance.revoke(token.userKey);
        revoked.set(key, issued);
        return;
      }
      if (random.chance(0.005)) return moveEntries();
      const scopes = random.pick(resources);
      const before = revoked.get(key) ?? 0;
      const rejected = random.chance(0.05) ? instance.find(token, scopes)?.accessToken : undefined;
      try {
        const { accessToken, source } = await instance.acquire(token, scopes, rejected);
        const { whose, issued: at } = read(accessToken);
        const asked = scopes[0] ?? '';
        expect(whose, `seed ${seed}`).toEqual({
          oid: token.claims.oid,
          tid: token.claims.tid,
          uti: read(token.assertion).whose.uti,
          aud: asked.slice(0, asked.lastIndexOf('/')),
          scp: scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1)).join(' '),
        });
        expect(at, `revoked before, seed ${seed}`).toBeGreaterThan(before);
        expect(accessToken).not.toBe(rejected);
        counts.acquired += 1;
        counts.sources.add(source);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'Problem') throw error;
        counts.rejected += 1;
      }
    }

    /** Copies entries, as an attacker does who can write to Redis and has no key. */
    const moveEntries = () =>
      onRedis(async (client) => {
        const names = await namesOf(keys[0].id, client);
        if (names.length === 0) return;
        const value = await client.get(random.pick(names));
        if (value) await client.set(random.pick(names), value, { expiration: { type: 'PX', value: 60_000 } });
      });

    let left = steps;
    const walk = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await step();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, walk));
    expect(counts.acquired).toBeGreaterThan(steps * 0.85);
    expect(counts.rejected).toBeGreaterThan(10);
    expect(counts.sources).toEqual(new Set(['cache', 'shared_cache', 'identity_provider']));
  },
);

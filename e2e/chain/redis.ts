import { randomBytes, randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';

// biome-ignore lint/style/noProcessEnv: tests have no other configuration
const { REDIS_URL = 'redis://localhost:6379', REQUIRE_SERVICES } = process.env;

export const redisUrl = REDIS_URL;

const open = () => createClient({ url: redisUrl, socket: { reconnectStrategy: false } });

/** Sends commands to the server. */
async function onRedis<Result>(work: (client: ReturnType<typeof open>) => Promise<Result>): Promise<Result> {
  const client = open();
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

/** Whether tests that need a Redis server can run. */
export const redisAnswers = await onRedis((client) => client.ping()).then(
  () => true,
  (cause) => {
    const { host } = new URL(redisUrl);
    if (REQUIRE_SERVICES) throw new Error(`Redis does not answer at ${host}`, { cause });
    process.stderr.write(
      `\n!!! Redis does not answer at ${host}: tests that need it are SKIPPED. Set REDIS_URL.\n`,
    );
    return false;
  },
);

/** What instances of one test share. */
export interface SharedTokens {
  /** Variables of the middle tier. */
  environment: { REDIS_URL: string; TOKEN_CACHE_KEYS: string };
  /** How many tokens are there. */
  count(): Promise<number>;
  remove(): Promise<void>;
}

/** Makes a place in Redis that nobody else has a key for. */
export function shareTokens(url = redisUrl): SharedTokens {
  const id = randomUUID().slice(0, 18);
  const names = (kind: string) =>
    onRedis(async (client) => {
      const found: string[] = [];
      for await (const part of client.scanIterator({ MATCH: `obo:1:${id}:${kind}:*`, COUNT: 1_000 }))
        found.push(...part);
      return found;
    });
  return {
    environment: {
      REDIS_URL: url,
      TOKEN_CACHE_KEYS: `${id}:${randomBytes(32).toString('base64')}`,
    },
    count: async () => (await names('token')).length,
    async remove() {
      const all = await names('*');
      if (all.length > 0) await onRedis((client) => client.del(all));
    },
  };
}

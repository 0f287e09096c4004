import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createClient, RESP_TYPES } from '@redis/client';
import { onTestFinished } from 'vitest';
import { createRingKey, type KeyRing, type RingKey } from '../src/key-ring.ts';

// biome-ignore lint/style/noProcessEnv: tests have no other configuration
const { REDIS_URL = 'redis://localhost:6379', REQUIRE_SERVICES } = process.env;

export const redisUrl = REDIS_URL;

const open = (url: string) =>
  createClient({ url, socket: { reconnectStrategy: false } }).withTypeMapping({
    [RESP_TYPES.BLOB_STRING]: Buffer,
  });

async function connect(url: string) {
  const client = open(url);
  client.on('error', () => {});
  await client.connect();
  return client;
}
let connected: ReturnType<typeof connect> | undefined;

/** Sends commands to the server, independently of the code under test. */
export async function onRedis<Result>(
  work: (client: ReturnType<typeof open>) => Promise<Result>,
  url?: string,
): Promise<Result> {
  if (url === undefined) {
    connected ??= connect(redisUrl);
    const client = await connected;
    client.unref();
    return work(client);
  }
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

async function serverAnswers(): Promise<boolean> {
  try {
    await onRedis((client) => client.ping());
    return true;
  } catch (error) {
    const { host } = new URL(redisUrl);
    if (REQUIRE_SERVICES) throw new Error(`Redis does not answer at ${host}`, { cause: error });
    process.stderr.write(
      `\n!!! Redis does not answer at ${host}: tests that need it are SKIPPED. Set REDIS_URL.\n`,
    );
    return false;
  }
}

/** True if tests that need a Redis server can run. */
export const redisAnswers = await serverAnswers();

/** Creates a random key, whose entries are removed after the test, or when the hook runs. */
export function makeRingKey(atEnd: (remove: () => Promise<void>) => void = onTestFinished): RingKey {
  const id = randomUUID().slice(0, 18);
  atEnd(() =>
    onRedis(async (client) => {
      const names = await namesOf(id, client);
      if (names.length > 0) await client.del(names);
    }).catch(() => {}),
  );
  return createRingKey(id, randomBytes(32));
}

export const makeKeyRing = (...parameters: Parameters<typeof makeRingKey>): KeyRing => [
  makeRingKey(...parameters),
];

/** Lists the names of all entries that belong to a key. */
export async function namesOf(id: string, client: ReturnType<typeof open>, kind = '*'): Promise<string[]> {
  const names: string[] = [];
  for await (const found of client.scanIterator({ MATCH: `obo:2:${id}:${kind}:*`, COUNT: 1_000 }))
    names.push(...found.map(String));
  return names.sort();
}

/** A server for one test, which may stop, freeze and reconfigure it. */
export interface OwnRedis {
  url: string;
  signal(name: NodeJS.Signals): void;
  /** Stops it, which loses its data, and starts it again on the same port. */
  restart(): Promise<void>;
}

/** Starts a server. @returns undefined if this machine has no Redis. */
export async function startOwnRedis(): Promise<OwnRedis | undefined> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const start = async () => {
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const failed = once(child, 'error').then(() => false);
    const ready = new Promise<boolean>((resolve) => {
      child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve(true));
    });
    return (await Promise.race([ready, failed])) ? child : undefined;
  };
  let server = await start();
  if (!server) {
    process.stderr.write('\n!!! redis-server is not installed: a test that needs its own is SKIPPED.\n');
    return undefined;
  }
  const stop = async (): Promise<void> => {
    const ended = server && once(server, 'close');
    server?.kill('SIGKILL');
    await ended;
  };
  onTestFinished(stop);
  return {
    url,
    signal: (name) => void server?.kill(name),
    async restart() {
      await stop();
      server = await start();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

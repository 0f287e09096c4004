import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Client } from 'pg';
import type { DatabaseLocation } from '../src/configuration/index.ts';

/** A database for one test file. */
export interface TemporaryDatabase {
  location: DatabaseLocation;
  drop(): Promise<void>;
}

// biome-ignore lint/style/noProcessEnv: tests have no other configuration
const { DATABASE_URL, REQUIRE_SERVICES } = process.env;

/** The server on which tests create their databases. */
const serverUrl = new URL(DATABASE_URL ?? 'postgres://localhost:5432/test');
serverUrl.username ||= userInfo().username;

/** Runs statements on the server, without the API. */
export async function onServer<Result>(
  work: (client: Client) => Promise<Result>,
  database = serverUrl.pathname.slice(1),
): Promise<Result> {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Creates an empty database on the PostgreSQL server. */
export async function createPostgresql(): Promise<TemporaryDatabase & { url: string; name: string }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer((client) => client.query(`create database ${name}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    location: { url: url.href },
    drop: async () => {
      await onServer((client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

const createPglite = async (): Promise<TemporaryDatabase> => ({
  location: { directory: null },
  drop: async () => {},
});

async function serverAnswers(): Promise<boolean> {
  try {
    await onServer((client) => client.query('select 1'));
    return true;
  } catch (error) {
    const server = `${serverUrl.hostname}:${serverUrl.port || 5432}`;
    if (REQUIRE_SERVICES) throw new Error(`PostgreSQL does not answer at ${server}`, { cause: error });
    process.stderr.write(
      `\n!!! PostgreSQL does not answer at ${server}: tests that need it are SKIPPED. Set DATABASE_URL.\n`,
    );
    return false;
  }
}

/** Can tests that need a PostgreSQL server run? */
export const postgresqlAnswers = await serverAnswers();

/** Every kind of database that services support. */
export const databases = [
  { kind: 'PGlite', create: createPglite, available: true },
  { kind: 'PostgreSQL', create: createPostgresql, available: postgresqlAnswers },
];

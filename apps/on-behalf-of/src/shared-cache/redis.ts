import {
  CallFailed,
  codeOf,
  createDependency,
  type DependencyState,
  withDeadline,
} from '@obo/service-defaults/calls';
import { describeError } from '@obo/service-defaults/observability';
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import type { Logger } from 'pino';

export interface RedisOptions {
  /** `redis://` or, with TLS, `rediss://`; with user and password if the server requires them. */
  url: string;
  /** Milliseconds for all commands of one `run`; 150 if omitted. */
  deadline?: number | undefined;
  /** Milliseconds without commands after commands kept failing; 5 s if omitted. */
  circuitPause?: number | undefined;
  logger: Logger;
}

/** A Redis server, which may be down, slow or full at any time and never costs more than its deadline. */
export interface Redis {
  /**
   * Sends commands. Those that are sent together take one round trip.
   *
   * @throws {CallFailed} if they fail, or do not return within the deadline.
   */
  run<Result>(commands: (client: RedisCommands) => Promise<Result>): Promise<Result>;
  /**
   * Subscribes to a channel.
   *
   * @param onListening Called when the subscription starts, and again after each lost connection.
   */
  listen(channel: string, onMessage: (message: Buffer) => void, onListening: () => void): void;
  state(): DependencyState;
  close(): void;
}

/** Milliseconds. */
const defaultDeadline = 150;

/** Milliseconds: interval and timeout of the ping. */
const heartbeatEvery = 2_000;
const heartbeatDeadline = 1_000;

/** Milliseconds. */
const connectDeadline = 1_000;
const handshakeDeadline = 5_000;
const longestPause = 2_000;

const createConnection = (url: string) =>
  createClient({
    url,
    // Commands fail at once while the server cannot be reached.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectDeadline,
      socketTimeout: handshakeDeadline,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPause) + Math.random() * 100,
    },
  });

const commandsOf = (connection: ReturnType<typeof createConnection>) =>
  connection.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });

/** The commands of node-redis, with replies as buffers instead of strings. */
export type RedisCommands = ReturnType<typeof commandsOf>;

/**
 * Connects to Redis, and reconnects when the connection is lost. node-redis waits forever for a server that is frozen or
 * has disappeared. So commands have a deadline, and a connection without response to a ping is replaced.
 */
export function connectRedis({ url, deadline = defaultDeadline, circuitPause, logger }: RedisOptions): Redis {
  const dependency = createDependency({ deadline, circuitPause });
  let listen = (_connection: typeof current): void => {};
  let isLost = false;

  function lose(error: unknown): void {
    if (!isLost) logger.warn({ error: describeError(error) }, 'lost connection to Redis');
    isLost = true;
  }

  function connect() {
    const connection = createConnection(url);
    connection.on('error', lose);
    connection.on('ready', () => {
      if (isLost) logger.info('reconnected to Redis');
      isLost = false;
      listen(connection);
    });
    // Rejects only when it is closed; earlier failures are emitted as errors.
    connection.connect().catch(() => {});
    return connection;
  }

  let current = connect();
  let commands = commandsOf(current);

  const heartbeat = setInterval(() => {
    const pinged = current;
    if (!pinged.isReady) return;
    withDeadline(heartbeatDeadline, () => pinged.ping(), 'process').catch((error: unknown) => {
      if (!(error instanceof CallFailed) || pinged !== current) return;
      lose(error);
      pinged.destroy();
      current = connect();
      commands = commandsOf(current);
    });
  }, heartbeatEvery);
  heartbeat.unref();

  return {
    run: (work) =>
      dependency.call((signal) => Promise.race([work(commands).catch(fail), abortOf(signal)]), {
        within: 'process',
      }),
    listen(channel, onMessage, onListening) {
      listen = (connection) => {
        connection.subscribe(channel, onMessage, true).then(onListening, lose);
      };
      if (current.isReady) listen(current);
    },
    state: dependency.state,
    close() {
      clearInterval(heartbeat);
      current.destroy();
    },
  };
}

/** Translates an error. Replies with an error begin with a word for the reason: OOM, READONLY, LOADING, NOAUTH. */
function fail(error: unknown): never {
  if (error instanceof ErrorReply)
    throw new CallFailed('failing', { code: error.message.split(' ', 1)[0] ?? '' });
  throw new CallFailed('unreachable', { code: codeOf(error) });
}

const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

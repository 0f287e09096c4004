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
  /** `redis://` or, with TLS, `rediss://`; with user and password where the server wants them. */
  url: string;
  /** Milliseconds for all commands of one `run`; 150 if omitted. */
  deadline?: number | undefined;
  /** Milliseconds for which no command is sent when commands keep failing; 5 s if omitted. */
  circuitPause?: number | undefined;
  logger: Logger;
}

/** A server that may be down, slow or full at any time, and never costs more than its deadline. */
export interface Redis {
  /**
   * Sends commands.
   *
   * @param commands Those that are sent in one go take one round trip.
   * @throws {CallFailed}
   */
  run<Result>(commands: (client: RedisCommands) => Promise<Result>): Promise<Result>;
  /**
   * @param onMessage Is given what is said on the channel.
   * @param onListening Is told that the channel is listened to from now on, at first and after each break.
   */
  listen(channel: string, onMessage: (message: Buffer) => void, onListening: () => void): void;
  state(): DependencyState;
  close(): void;
}

const defaultDeadline = 150;

/** Milliseconds: so often the server is asked whether it is there, and so long it has to say so. */
const heartbeatEvery = 2_000;
const heartbeatDeadline = 1_000;

/** Milliseconds. */
const connectDeadline = 1_000;
const handshakeDeadline = 5_000;
const longestPause = 2_000;

const createConnection = (url: string) =>
  createClient({
    url,
    // Nothing is kept for a server that is not there: commands fail at once.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectDeadline,
      socketTimeout: handshakeDeadline,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, longestPause) + Math.random() * 100,
    },
  });

const commandsOf = (connection: ReturnType<typeof createConnection>) =>
  connection.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });

/** Commands, which answer with bytes where there is text. */
export type RedisCommands = ReturnType<typeof commandsOf>;

/**
 * Connects, and stays connected, by itself. node-redis waits for ever for a server that is frozen or went away without a
 * word. So commands have a deadline, and a connection on which nobody answers is replaced.
 */
export function connectRedis({ url, deadline = defaultDeadline, circuitPause, logger }: RedisOptions): Redis {
  const dependency = createDependency({ deadline, circuitPause });
  let listen = (_connection: typeof current): void => {};
  let isLost = false;

  function lose(error: unknown): void {
    if (!isLost) logger.warn({ error: describeError(error) }, 'lost connection to shared cache');
    isLost = true;
  }

  function connect() {
    const connection = createConnection(url);
    connection.on('error', lose);
    connection.on('ready', () => {
      if (isLost) logger.info('reconnected to shared cache');
      isLost = false;
      listen(connection);
    });
    // Rejects only when it is closed; what goes wrong before is told as an error.
    connection.connect().catch(() => {});
    return connection;
  }

  let current = connect();
  let commands = commandsOf(current);

  const heartbeat = setInterval(() => {
    const asked = current;
    if (!asked.isReady) return;
    withDeadline(heartbeatDeadline, () => asked.ping(), 'process').catch((error: unknown) => {
      if (!(error instanceof CallFailed) || asked !== current) return;
      lose(error);
      asked.destroy();
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

/** What the server refuses begins with a word that says why: OOM, READONLY, LOADING, NOAUTH. */
function fail(error: unknown): never {
  if (error instanceof ErrorReply)
    throw new CallFailed('failing', { code: error.message.split(' ', 1)[0] ?? '' });
  throw new CallFailed('unreachable', { code: codeOf(error) });
}

const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

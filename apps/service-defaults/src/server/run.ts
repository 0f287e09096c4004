import type { Logger } from 'pino';
import { ConfigurationError } from '../configuration/index.ts';
import { describeError } from '../observability/describe-error.ts';
import type { Health } from './health.ts';
import { type Listening, PortTaken } from './listen.ts';
import type { RunningTelemetry } from './telemetry.ts';

/** A running service. */
export interface RunningService {
  logger: Logger;
  health: Health;
  listening: Listening;
  telemetry: RunningTelemetry;
  /** Closes connection pools and the like, after the last response. */
  close(): Promise<void>;
}

const drainDeadline = 8_000;
const closeDeadline = 2_000;

/**
 * Runs a service until SIGTERM or SIGINT. The first signal makes it not ready, waits for open requests (8 s at most), closes
 * its pools and sends its last spans (2 s at most), and exits with 0; a second signal exits at once with 1. An uncaught error
 * is logged, without its message, and exits with 1. An invalid configuration or a port in use exits with a message and no
 * stack.
 */
export async function run(start: () => Promise<RunningService>): Promise<void> {
  let service: RunningService;
  try {
    service = await start();
  } catch (error) {
    const expected = error instanceof ConfigurationError || error instanceof PortTaken;
    process.stderr.write(
      `${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  }
  const { logger, health, listening, telemetry, close } = service;
  logger.info({ url: listening.url }, 'listening');

  process.on('uncaughtException', (error) => {
    logger.fatal({ error: describeError(error) }, 'uncaught exception');
    process.exit(1);
  });

  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal }, 'stopping');
    health.drain();
    const late = setTimeout(
      () => logger.warn('shutdown deadline reached, closing open requests'),
      drainDeadline,
    );
    await listening.close(drainDeadline);
    clearTimeout(late);
    const overdue = setTimeout(() => process.exit(1), closeDeadline);
    await close();
    await telemetry.close();
    clearTimeout(overdue);
    logger.info('stopped');
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

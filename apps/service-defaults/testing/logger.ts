import diagnostics from 'node:diagnostics_channel';
import type { Logger } from 'pino';
import { createLogger } from '../src/observability/logging.ts';

const observed = diagnostics.channel('obo:log');

/** Publishes log lines to the observer of the test run, which looks for leaks. */
export function observeLog(lines: string): void {
  observed.publish(lines);
}

/**
 * A logger that writes everything, down to `trace`, where the test run can observe it.
 *
 * @param lines Takes each line as well.
 */
export function createTestLogger(service: string, lines: string[] = []): Logger {
  return createLogger(service, 'trace', {
    write(line) {
      lines.push(line);
      observeLog(line);
    },
  });
}

/** Returns what a child process inherits of the test run: it is observed too, and shares the cache of compiled code. */
export function observedEnvironment(): Record<string, string> {
  // biome-ignore lint/style/noProcessEnv: the test run hands it down in the environment
  const { NODE_COMPILE_CACHE, NODE_OPTIONS = '', OBSERVATIONS_DIRECTORY = '' } = process.env;
  return {
    ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
    ...(OBSERVATIONS_DIRECTORY !== '' && { NODE_OPTIONS, OBSERVATIONS_DIRECTORY }),
  };
}

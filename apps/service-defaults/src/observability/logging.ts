import { type DestinationStream, type Logger, pino } from 'pino';

/** Bytes of log lines that are kept while they cannot be written. */
const longestBacklog = 1024 * 1024;

/**
 * Creates the logger of a service: one JSON line per event. Only fields that our own code names are written; requests,
 * responses and errors of libraries are never logged as a whole.
 *
 * @param destination Receives the lines; standard output if omitted.
 */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination ?? standardOutput());
}

/** Opens standard output. If it is a full disk or a pipe without a reader, lines are lost, and the service continues. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, maxLength: longestBacklog });
  output.on('error', () => {});
  return output;
}

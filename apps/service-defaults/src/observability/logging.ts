import type { RequestHandler } from 'express';
import { type DestinationStream, type Logger, pino } from 'pino';
import { requestContext } from './request-context.ts';

/**
 * The service's logger: JSON lines, one an event. Only fields that our own code names are written; requests,
 * responses and errors of libraries never reach it whole.
 *
 * @param destination Where lines go; standard output if omitted.
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

/** Standard output, which may be a full disk or a pipe that nobody reads: then lines are lost, and the service goes on. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, maxLength: longestBacklog });
  output.on('error', () => {});
  return output;
}

/** Bytes that are kept while they cannot be written. */
const longestBacklog = 1024 * 1024;

/** The path as it may be logged: no query string, and no part that is longer than an id is, as tokens are. */
const loggable = (path: string): string =>
  path
    .slice(0, 2_048)
    .replace(/[^/]{41,}/g, '[long]')
    .slice(0, 200);

/** One line a request, when its answer is out or its caller is gone. */
export const logRequests: RequestHandler = (request, response, next) => {
  const { logger } = requestContext();
  const started = performance.now();
  const { method } = request;
  const path = loggable(request.path);
  response.once('close', () => {
    const line = {
      method,
      path,
      status: response.statusCode,
      milliseconds: Math.round(performance.now() - started),
    };
    if (response.writableFinished) logger.info(line, 'request answered');
    else logger.warn(line, 'caller went away');
  });
  next();
};

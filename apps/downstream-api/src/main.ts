import { createLogger } from '@obo/service-defaults/observability';
import { listen, run, startTelemetry } from '@obo/service-defaults/server';
import { createDownstreamApi } from './app.ts';
import { readConfiguration } from './configuration.ts';
import { openDatabase } from './database/database.ts';

await run(async () => {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment is read
  const configuration = readConfiguration(process.env);
  const logger = createLogger('downstream-api', configuration.logLevel);
  const telemetry = await startTelemetry('downstream-api', configuration.telemetry, logger);
  const database = await openDatabase(configuration.database, logger);
  const { app, health } = createDownstreamApi({ configuration, logger, database, telemetry });
  const listening = await listen(app, { ...configuration, logger });
  return { logger, health, listening, telemetry, close: database.close };
});

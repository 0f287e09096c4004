import { createLogger } from '@obo/service-defaults/observability';
import { listen, run, startTelemetry } from '@obo/service-defaults/server';
import { createMiddleTierApi } from './app.ts';
import { readConfiguration } from './configuration.ts';

await run(async () => {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment is read
  const configuration = readConfiguration(process.env);
  const logger = createLogger('middle-tier-api', configuration.logLevel);
  const telemetry = await startTelemetry('middle-tier-api', configuration.telemetry, logger);
  const { app, health, opened, close } = createMiddleTierApi(configuration, logger, undefined, telemetry);
  await opened;
  const listening = await listen(app, { ...configuration, logger });
  return { logger, health, listening, telemetry, close };
});

import { createLogger } from '@obo/service-defaults/observability';
import { listen, run, startTelemetry } from '@obo/service-defaults/server';
import { createBff } from './app.ts';
import { readConfiguration } from './configuration.ts';

await run(async () => {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment is read
  const configuration = readConfiguration(process.env);
  const logger = createLogger('bff', configuration.logLevel);
  const telemetry = await startTelemetry('bff', configuration.telemetry, logger);
  const { app, health, close } = createBff(configuration, logger, telemetry);
  const listening = await listen(app, { ...configuration, logger });
  return { logger, health, listening, telemetry, close };
});

import { defineConfig, loadEnv } from 'vite';
import { createSpaConfig } from './vite/create-spa-config.ts';
import { readConfiguration, readPort, readTokens } from './vite/read-configuration.ts';

export default defineConfig(({ command, mode }) => {
  const env = loadEnv(mode, import.meta.dirname, '');
  return createSpaConfig({
    configuration: command === 'serve' ? readConfiguration(env) : null,
    port: readPort(env),
    tokens: readTokens(env),
    cacheDirectory: env.DATA_DIRECTORY || undefined,
  });
});

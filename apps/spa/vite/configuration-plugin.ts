import type { Connect, Plugin } from 'vite';
import type { SpaConfiguration } from '../src/configuration/configuration-schema.ts';

/** Serves the environment's configuration at `/configuration.json`, in development and preview; never part of a build. */
export function configurationPlugin(configuration: SpaConfiguration): Plugin {
  const body = JSON.stringify(configuration, null, 2);
  const serve: Connect.NextHandleFunction = (_request, response) => {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store');
    response.end(body);
  };
  return {
    name: 'spa:configuration',
    configureServer: ({ middlewares }) => void middlewares.use('/configuration.json', serve),
    configurePreviewServer: ({ middlewares }) => void middlewares.use('/configuration.json', serve),
  };
}

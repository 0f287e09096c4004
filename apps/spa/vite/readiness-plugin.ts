import type { Plugin } from 'vite';

/**
 * Answers `GET /readyz` of the development server, like that of an API, once Vite has bundled the dependencies: from then
 * on pages load without waiting for that, and without being reloaded because of it.
 */
export function readinessPlugin(): Plugin {
  return {
    name: 'spa:readiness',
    configureServer: ({ environments, middlewares }) =>
      void middlewares.use('/readyz', async (_request, response) => {
        const optimizer = environments.client.depsOptimizer;
        await optimizer?.scanProcessing;
        const dependencies = Object.values(optimizer?.metadata.discovered ?? {});
        await Promise.all(dependencies.map(({ processing }) => processing));
        response.setHeader('Cache-Control', 'no-store');
        response.end();
      }),
  };
}

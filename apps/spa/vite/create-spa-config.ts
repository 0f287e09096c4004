import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';
import type { SpaConfiguration } from '../src/configuration/configuration-schema.ts';
import { configurationPlugin } from './configuration-plugin.ts';
import { readinessPlugin } from './readiness-plugin.ts';
import { securityHeadersPlugin } from './security-headers-plugin.ts';

const root = resolve(import.meta.dirname, '..');

export interface SpaConfigOptions {
  /** The configuration that the app is served with; `null` for a build, which serves every environment. */
  configuration: SpaConfiguration | null;
  /** Where tokens are: here, with MSAL, or on the server of `apps/bff`. `browser` if omitted. */
  tokens?: 'browser' | 'server';
  /** TCP port on loopback; a taken one is an error. */
  port?: number;
  /**
   * Where the development server keeps the dependencies it bundled; Vite's own `node_modules/.vite` if omitted. Two servers
   * must not share one: a later one replaces what pages of the earlier one load.
   */
  cacheDirectory?: string | undefined;
}

/**
 * Vite's configuration of the SPA, for `vite`, `vite build` and `vite preview`, and for programs that call
 * Vite's `build()` and `preview()` with `configFile: false`. Several previews, each with its own
 * configuration, can serve one build.
 */
export function createSpaConfig({
  configuration,
  tokens = 'browser',
  port = 3000,
  cacheDirectory,
}: SpaConfigOptions): InlineConfig {
  const listen = { host: 'localhost', port, strictPort: true, cors: false };
  return {
    root,
    configFile: false,
    ...(cacheDirectory === undefined ? {} : { cacheDir: cacheDirectory }),
    plugins: [
      react(),
      readinessPlugin(),
      configuration === null
        ? []
        : [securityHeadersPlugin(configuration), configurationPlugin(configuration)],
    ],
    // A constant, so that the build has the code of one of both only.
    define: { 'import.meta.env.VITE_TOKENS': JSON.stringify(tokens) },
    server: listen,
    preview: listen,
    build: {
      outDir: tokens === 'browser' ? 'dist' : 'dist-server',
      modulePreload: { polyfill: false },
      // All of it is 5 kB, less than what it costs to name a file for each page.
      cssCodeSplit: false,
      rolldownOptions: {
        input: {
          index: resolve(root, 'index.html'),
          ...(tokens === 'browser' && { redirect: resolve(root, 'redirect.html') }),
        },
      },
    },
  };
}

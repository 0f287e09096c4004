import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { password } from '@obo/local-tenant';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** `start`, running in its own process. */
export interface StartProcess {
  output(): string;
  /** Resolves when the output matches; rejects when the process exits before. */
  prints(pattern: RegExp): Promise<void>;
  exitCode: Promise<number | null>;
  /** Sends a signal, and resolves with the exit code. */
  stop(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

const running = new Set<StartProcess>();

/** Stops what a test left running. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((process) => process.stop('SIGTERM')));
}

/** Runs `start`. */
export function start(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): StartProcess {
  const child = spawn(process.execPath, ['infra/start/src/main.ts', ...args], {
    cwd: root,
    env: { ...observedEnvironment(), NODE_ENV: 'development', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += stripVTControlCharacters(chunk);
      // It prints the password on purpose.
      observeLog(chunk.replaceAll(password, ''));
      for (const listener of listeners) listener();
    });
  }
  const exitCode = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const started: StartProcess = {
    output: () => text,
    exitCode,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!pattern.test(text)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        exitCode.then(() => reject(new Error(`start exited before it printed ${pattern}:\n${text}`)));
        check();
      }),
    stop(signal) {
      child.kill(signal);
      return exitCode;
    },
  };
  running.add(started);
  exitCode.then(() => running.delete(started));
  return started;
}

const portVariables = [
  'SPA_PORT',
  'MIDDLE_TIER_API_PORT',
  'DOWNSTREAM_API_PORT',
  'LOCAL_TENANT_PORT',
  'DOWNSTREAM_API_METRICS_PORT',
] as const;

/** Finds a free port for each service. */
export async function freePorts(): Promise<Record<(typeof portVariables)[number], string>> {
  const servers = await Promise.all(
    portVariables.map(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const [spa = '', middleTierApi = '', downstreamApi = '', localTenant = '', downstreamMetrics = ''] =
    servers.map((server) => {
      const address = server.address();
      return String(address !== null && typeof address === 'object' ? address.port : 0);
    });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return {
    SPA_PORT: spa,
    MIDDLE_TIER_API_PORT: middleTierApi,
    DOWNSTREAM_API_PORT: downstreamApi,
    LOCAL_TENANT_PORT: localTenant,
    DOWNSTREAM_API_METRICS_PORT: downstreamMetrics,
  };
}

export const statusOf = async (port: string, path: string): Promise<number> =>
  (await fetch(`http://localhost:${port}${path}`)).status;

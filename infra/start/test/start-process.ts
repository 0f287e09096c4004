import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { password } from '@obo/local-tenant';
import { observeLog } from '@obo/service-defaults/testing';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const variables = [
  'SPA_PORT',
  'MIDDLE_TIER_API_PORT',
  'DOWNSTREAM_API_PORT',
  'LOCAL_TENANT_PORT',
  'DOWNSTREAM_API_METRICS_PORT',
] as const;

/** The program, as it runs in a process of its own. */
export interface Started {
  child: ChildProcess;
  output(): string;
  /** Resolves when the output matches; rejects when the process ends before. */
  prints(pattern: RegExp): Promise<void>;
  exitCode: Promise<number | null>;
}

const running: Started[] = [];

/** Stops what a test started. */
export async function stopAll(): Promise<void> {
  for (const { child, exitCode } of running.splice(0)) {
    child.kill('SIGTERM');
    await exitCode;
  }
}

export function start(environment: Record<string, string>, args: readonly string[] = []): Started {
  // biome-ignore lint/style/noProcessEnv: the program under test inherits the environment, as in a shell
  const env = { ...process.env, NODE_ENV: 'development', VITEST: '', ...environment };
  const child = spawn(process.execPath, ['infra/start/src/main.ts', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += stripVTControlCharacters(chunk);
      // It says on purpose how to sign in.
      observeLog(chunk.replaceAll(password, ''));
      for (const listener of listeners) listener();
    });
  }
  const exitCode = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const started: Started = {
    child,
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
        exitCode.then(() => reject(new Error(`It ended before it printed ${pattern}:\n${text}`)));
        check();
      }),
  };
  running.push(started);
  return started;
}

export async function freePorts() {
  const servers = await Promise.all(
    variables.map(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return String(address !== null && typeof address === 'object' ? address.port : 0);
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  const [spa = '', middleTierApi = '', downstreamApi = '', localTenant = '', downstreamMetrics = ''] = ports;
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

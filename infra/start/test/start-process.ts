import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { portVariable, servedApps } from '@obo/app-registration/apps';
import { password } from '@obo/local-tenant';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';
import { onTestFailed } from 'vitest';
import { freePort } from './free-port.ts';

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

const program = 'infra/start/src/main.ts';

/** Runs `start`, without a terminal. What it would read if it were one is `input`. */
export function start(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  input = '',
): StartProcess {
  const child = spawn(process.execPath, [program, ...args], options(environment));
  child.stdin.end(input);
  return observe(child);
}

const options = (environment: Readonly<Record<string, string>>) => ({
  cwd: root,
  env: { ...observedEnvironment(), NODE_ENV: 'development', ...environment },
});

/** Whether `script` is there, which runs a program in a terminal of its own (util-linux, macOS). */
export const hasTerminals = spawnSync('script', ['--version']).error === undefined;

/** Runs `start` in a terminal, and prints that terminal's settings when it has ended. */
export function startInTerminal(
  environment: Readonly<Record<string, string>>,
): StartProcess & { type(keys: string): void } {
  const commands = `"${process.execPath}" ${program}; code=$?; stty -a; exit $code`;
  const args =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', 'sh', '-c', commands]
      : ['-qec', commands, '/dev/null'];
  const child = spawn('script', args, options({ SHELL: '/bin/sh', ...environment }));
  return { ...observe(child), type: (keys) => void child.stdin.write(keys) };
}

function observe(child: ChildProcessWithoutNullStreams): StartProcess {
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
  onTestFailed(() => void process.stderr.write(`\nWhat start printed:\n${text}\n`));
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
export async function freePorts(): Promise<
  Record<string, string> & Record<(typeof portVariables)[number], string>
> {
  const others = servedApps.map(portVariable).filter((name) => !portVariables.some((one) => one === name));
  const ports = new Set<string>();
  while (ports.size < portVariables.length + others.length) ports.add(await freePort());
  const [
    spa = '',
    middleTierApi = '',
    downstreamApi = '',
    localTenant = '',
    downstreamMetrics = '',
    ...more
  ] = ports;
  return {
    ...Object.fromEntries(others.map((name, at) => [name, more[at] ?? ''])),
    SPA_PORT: spa,
    MIDDLE_TIER_API_PORT: middleTierApi,
    DOWNSTREAM_API_PORT: downstreamApi,
    LOCAL_TENANT_PORT: localTenant,
    DOWNSTREAM_API_METRICS_PORT: downstreamMetrics,
  };
}

export const statusOf = async (port: string, path: string): Promise<number> =>
  (await fetch(`http://localhost:${port}${path}`)).status;

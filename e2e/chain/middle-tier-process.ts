import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';

const ownDirectory = fileURLToPath(new URL('../../apps/middle-tier-api', import.meta.url));

/** The middle tier in its own process, as `pnpm start` runs it. */
export interface MiddleTierProcess {
  url: string;
  /** Its log lines. */
  logs: readonly string[];
  /** Returns what it wrote to standard error. */
  errors(): string;
  /** Resolves with the first log line that has this message. */
  logged(message: string): Promise<string>;
  signal(name: NodeJS.Signals): void;
  /** Closes the pipe that its log is written to. */
  closeLogPipe(): void;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * Starts it and waits until it listens.
 *
 * @param env All of its environment.
 * @param options.preload Source of a module that is run before its own.
 * @param options.directory Of another copy of the middle tier.
 * @param options.logFile Where its log goes in place of a pipe. Then `PORT` must be set.
 */
export async function startMiddleTierProcess(
  env: Readonly<Record<string, string>>,
  {
    preload = '',
    directory = ownDirectory,
    logFile,
  }: { preload?: string; directory?: string; logFile?: string } = {},
): Promise<MiddleTierProcess> {
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, 'src/main.ts'],
    {
      cwd: directory,
      env: { ...observedEnvironment(), ...env },
      stdio: ['ignore', logFile === undefined ? 'pipe' : openSync(logFile, 'w'), 'pipe'],
    },
  );
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
    observeLog(text);
  });
  const logs: string[] = [];
  const waiting = new Map<string, (line: string) => void>();
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      logs.push(line);
      observeLog(line);
      waiting.get(messageOf(line))?.(line);
    });
  }
  const logged = (message: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const known = logs.find((line) => messageOf(line) === message);
      if (known !== undefined) resolve(known);
      waiting.set(message, resolve);
      ended.then(({ code }) =>
        reject(new Error(`ended with ${code}, and did not log "${message}":\n${errors}`)),
      );
    });
  const url =
    logFile === undefined
      ? String(JSON.parse(await logged('listening')).url)
      : await Promise.race([answering(`http://localhost:${env.PORT}`), ended.then(({ code }) => fail(code))]);
  return {
    url,
    logs,
    errors: () => errors,
    logged,
    signal: (name) => void child.kill(name),
    closeLogPipe: () => void child.stdout?.destroy(),
    ended,
  };
}

const messageOf = (line: string): string => String(JSON.parse(line).msg);

const fail = (code: number | null): never => {
  throw new Error(`ended with ${code}`);
};

async function answering(url: string): Promise<string> {
  for (;;) {
    const alive = await fetch(`${url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (alive) return url;
    await setTimeout(20);
  }
}

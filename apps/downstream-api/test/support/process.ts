import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { observedEnvironment, observeLog } from '@obo/service-defaults/testing';
import { onTestFinished } from 'vitest';

const directory = fileURLToPath(new URL('../..', import.meta.url));

/** The API in its own process, as `pnpm start` runs it. */
export interface ApiProcess {
  url: string;
  /** Sends a signal and waits until the process has exited. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the API and waits until it listens. Rejects with what it printed if it exits first. Stops it after the test. */
export async function startProcess(env: Record<string, string>): Promise<ApiProcess> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: directory,
    env: { PORT: '0', ...observedEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let message = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    message += text;
    observeLog(text);
  });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      observeLog(line);
      const entry: unknown = JSON.parse(line);
      if (typeof entry === 'object' && entry !== null && 'url' in entry) resolve(String(entry.url));
    });
    child.once('close', (code) => reject(new Error(`exited with ${code}:\n${message}`)));
  });
  return {
    url,
    async stop(signal) {
      child.kill(signal);
      const [code, endedBy] = await exited;
      return { code, signal: endedBy };
    },
  };
}

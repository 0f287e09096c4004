import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError, type Variables } from './configuration.ts';
import { print, printerFor } from './print.ts';

/** A Node.js program that answers 200 to `GET /readyz` once it is ready. */
export interface Service {
  /** Its name in messages, and before each line of its output. */
  name: string;
  url: string;
  /** Its package's folder, relative to the repository's. */
  directory: string;
  /** Arguments for Node.js. */
  program: readonly string[];
  /** Variables beside those that all services inherit. */
  environment: Variables;
}

export interface ServicesOptions {
  /** The repository's folder. */
  root: string;
  /** Variables for all services. */
  environment: Variables;
  /** Called when a service crashes while it starts, or exits at any time without having been told to. */
  onFailure: (reason: string) => void;
}

/** Milliseconds. */
const readyDeadline = 90_000;
const stopDeadline = 12_000;

/** The services that run, each in a child process. */
export class Services {
  readonly #options: ServicesOptions;
  readonly #children: ChildProcess[] = [];
  #stopping = false;

  constructor(options: ServicesOptions) {
    this.#options = options;
  }

  /**
   * Starts a service. The promise resolves when it is ready.
   *
   * @throws {StartError} when it is not ready within 90 seconds.
   */
  async start(service: Service): Promise<void> {
    if (this.#stopping) throw new StartError('Stopped while starting');
    const { root, environment, onFailure } = this.#options;
    const startedAt = Date.now();
    print(`${service.name}: starting …`);
    const child = spawn(process.execPath, service.program, {
      cwd: join(root, service.directory),
      env: { ...environment, ...service.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a process group of its own: Ctrl-C reaches only us, and each service is told to stop once.
      detached: process.platform !== 'win32',
    });
    this.#children.push(child);
    const fail = (problem: string) => {
      if (!this.#stopping) onFailure(`${service.name} ${problem}. Its output is above.`);
    };
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`exited unexpectedly (${signal ?? `exit code ${code}`})`));
    let starting = true;
    const printLine = printerFor(service.name);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        printLine(line);
        // `node --watch` outlives its program and waits for a change, which is no help before the first start.
        if (starting && line.startsWith('Failed running ')) fail('could not be started');
      });
    }
    await waitUntilReady(service);
    starting = false;
    print(`${service.name}: ready at ${service.url} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }

  /** Stops all services, the last started first, so that each stops before what it calls. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#children.length === 0) return;
    print('\nStopping …');
    for (const child of this.#children.toReversed()) await stopChild(child);
    print('Stopped.');
  }
}

async function waitUntilReady({ name, url }: Service): Promise<void> {
  const deadline = Date.now() + readyDeadline;
  while (!(await answers(`${url}/readyz`))) {
    if (Date.now() > deadline) {
      throw new StartError(`${name} was not ready within ${readyDeadline / 1000} s. Its output is above.`);
    }
    await delay(50);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Tells a process to stop, and kills its process group after the deadline: `node --watch` has the program as a child. */
async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const { pid } = child;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const overdue = setTimeout(() => {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  }, stopDeadline);
  await exited;
  clearTimeout(overdue);
}

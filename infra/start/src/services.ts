import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type FSWatcher, watch } from 'chokidar';
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
  /** Folders whose changes restart it, relative to its own. */
  watched?: readonly string[];
  /** Variables beside those that all services inherit. */
  environment: Variables;
}

export interface ServicesOptions {
  /** The repository's folder. */
  root: string;
  /** Variables for all services. */
  environment: Variables;
  /** Called when a service exits without having been told to, unless it is watched and was ready before. */
  onFailure: (reason: string) => void;
}

/** Milliseconds. */
const readyDeadline = 90_000;
const stopDeadline = 12_000;
const settling = 100;

/** A service that was started. */
interface Running {
  service: Service;
  child: ChildProcess;
  wasReady: boolean;
  /** Told to stop, so that its exit is no failure. */
  isStopping: boolean;
  watcher?: FSWatcher;
  /** Resolves when no restart is in progress. */
  restarted: Promise<void>;
}

/** The services that run, each in a child process. */
export class Services {
  readonly #options: ServicesOptions;
  readonly #running: Running[] = [];
  #stopping = false;

  constructor(options: ServicesOptions) {
    this.#options = options;
  }

  /**
   * Starts a service, and restarts it when a watched file changes. The promise resolves when it is ready.
   *
   * @throws {StartError} when it is not ready within 90 seconds.
   */
  async start(service: Service): Promise<void> {
    if (this.#stopping) throw new StartError('Stopped while starting');
    const startedAt = Date.now();
    print(`${service.name}: starting …`);
    const running: Running = {
      service,
      child: this.#spawn(service),
      wasReady: false,
      isStopping: false,
      restarted: Promise.resolve(),
    };
    this.#running.push(running);
    this.#reportExit(running);
    await waitUntilReady(service);
    running.wasReady = true;
    await this.#watch(running);
    print(`${service.name}: ready at ${service.url} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }

  /** Stops all services, the last started first, so that each stops before what it calls. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#running.length === 0) return;
    print('\nStopping …');
    for (const running of this.#running.toReversed()) {
      await running.watcher?.close();
      await running.restarted;
      await stopChild(running.child);
    }
    print('Stopped.');
  }

  #spawn({ name, directory, program, environment: own }: Service): ChildProcess {
    const { root, environment } = this.#options;
    const child = spawn(process.execPath, program, {
      cwd: join(root, directory),
      env: { ...environment, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a process group of its own: Ctrl-C reaches only us, and each service is told to stop once.
      detached: process.platform !== 'win32',
    });
    const printLine = printerFor(name);
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => printLine(line));
    return child;
  }

  #reportExit(running: Running): void {
    const { service, child } = running;
    const report = (how: string) => {
      if (this.#stopping || running.isStopping) return;
      if (!running.wasReady)
        this.#options.onFailure(`${service.name} could not be started. Its output is above.`);
      else if (running.watcher)
        print(`${service.name}: exited (${how}). It starts again when a file changes.`);
      else this.#options.onFailure(`${service.name} exited unexpectedly (${how}). Its output is above.`);
    };
    child.once('error', (error) => report(error.message));
    child.once('exit', (code, signal) => report(signal ?? `exit code ${code}`));
  }

  /** Restarts a service after changes. Node's own `--watch-path` misses a file once it was replaced by renaming. */
  async #watch(running: Running): Promise<void> {
    const { directory, watched } = running.service;
    if (watched === undefined || this.#stopping) return;
    const folders = watched.map((folder) => join(this.#options.root, directory, folder));
    let isWaiting = false;
    const watcher = watch(folders, { ignoreInitial: true });
    running.watcher = watcher;
    watcher.on('all', (_event, file) => {
      if (isWaiting || !file.endsWith('.ts')) return;
      isWaiting = true;
      running.restarted = running.restarted.then(async () => {
        // Editors and version control change several files at once.
        await delay(settling);
        isWaiting = false;
        await this.#restart(running);
      });
    });
    await once(watcher, 'ready');
  }

  async #restart(running: Running): Promise<void> {
    if (this.#stopping) return;
    const { service } = running;
    print(`${service.name}: restarting, as a file changed …`);
    running.isStopping = true;
    await stopChild(running.child);
    if (this.#stopping) return;
    running.child = this.#spawn(service);
    running.isStopping = false;
    this.#reportExit(running);
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

/** Tells a process to stop, and kills its process group after the deadline. */
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

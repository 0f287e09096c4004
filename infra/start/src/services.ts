import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type FSWatcher, watch } from 'chokidar';
import { z } from 'zod';
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
  /** Whether it may be stopped and started again while the others run. */
  canBeStopped?: boolean;
  /** Whether it gets messages about the services that can be stopped, and may send messages that stop and start them. */
  isController?: boolean;
}

/** What a controller sends. */
const commandSchema = z.object({ service: z.string(), run: z.boolean() });

export interface ServicesOptions {
  /** The repository's folder. */
  root: string;
  /** Variables for all services. */
  environment: Variables;
  /** Called when a service that was ready exits without having been told to, unless it is watched. */
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
  /** Stopped until it is started again by name: a changed file does not start it. */
  isHalted: boolean;
  watcher?: FSWatcher;
  /** Resolves when it is neither being stopped nor started. */
  settled: Promise<void>;
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
      isHalted: false,
      settled: Promise.resolve(),
    };
    this.#running.push(running);
    this.#reportExit(running);
    await waitUntilReady(running);
    running.wasReady = true;
    await this.#watch(running);
    this.#tellControllers();
    print(`${service.name}: ready at ${service.url} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }

  /** Lists the services that can be stopped. */
  list(): { name: string; isRunning: boolean }[] {
    return this.#running
      .filter(({ service, wasReady }) => service.canBeStopped && wasReady)
      .map(({ service: { name }, child, isHalted }) => ({ name, isRunning: !isHalted && !hasExited(child) }));
  }

  /**
   * Stops a service that can be stopped, or starts it again. The promise resolves when that has happened. Ignores other names.
   *
   * @throws {StartError} when it does not start.
   */
  async setRunning(name: string, isRunning: boolean): Promise<void> {
    const running = this.#running.find(({ service }) => service.canBeStopped && service.name === name);
    if (!running?.wasReady) return;
    const changed = running.settled.then(async () => {
      if (this.#stopping || isRunning === (!running.isHalted && !hasExited(running.child))) return;
      running.isHalted = !isRunning;
      if (isRunning) {
        this.#spawnAgain(running);
        await waitUntilReady(running);
        print(`${name}: ready again`);
      } else {
        running.isStopping = true;
        await stopChild(running.child);
        print(`${name}: stopped`);
      }
      this.#tellControllers();
    });
    running.settled = changed.catch(() => {});
    return changed;
  }

  /** Stops all services, the last started first, so that each stops before what it calls. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#running.length === 0) return;
    print('\nStopping …');
    for (const running of this.#running.toReversed()) {
      await running.watcher?.close();
      await running.settled;
      await stopChild(running.child);
    }
    print('Stopped.');
  }

  #spawn({ name, directory, program, environment: own, isController = false }: Service): ChildProcess {
    const { root, environment } = this.#options;
    const child = spawn(process.execPath, program, {
      cwd: join(root, directory),
      env: { ...environment, ...own },
      stdio: ['ignore', 'pipe', 'pipe', ...(isController ? ['ipc' as const] : [])],
      // In a process group of its own: Ctrl-C reaches only us, and each service is told to stop once.
      detached: process.platform !== 'win32',
    });
    const printLine = printerFor(name);
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => printLine(line));
    if (isController) {
      child.on('message', (message) => this.#obey(message));
      child.send({ services: this.list() });
    }
    return child;
  }

  #obey(message: unknown): void {
    const { data } = commandSchema.safeParse(message);
    if (data) this.setRunning(data.service, data.run).catch((error: Error) => print(error.message));
  }

  #tellControllers(): void {
    for (const { service, child } of this.#running)
      if (service.isController && child.connected) child.send({ services: this.list() }, () => {});
  }

  #reportExit(running: Running): void {
    const { service, child } = running;
    child.once('error', () => {});
    child.once('exit', (code, signal) => {
      if (this.#stopping || running.isStopping || !running.wasReady) return;
      const how = signal ?? `exit code ${code}`;
      this.#tellControllers();
      if (running.watcher) print(`${service.name}: exited (${how}). It starts again when a file changes.`);
      else this.#options.onFailure(`${service.name} exited unexpectedly (${how}). Its output is above.`);
    });
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
      running.settled = running.settled.then(async () => {
        // Editors and version control change several files at once.
        await delay(settling);
        isWaiting = false;
        await this.#restart(running);
      });
    });
    await once(watcher, 'ready');
  }

  async #restart(running: Running): Promise<void> {
    if (this.#stopping || running.isHalted) return;
    print(`${running.service.name}: restarting, as a file changed …`);
    running.isStopping = true;
    await stopChild(running.child);
    if (!this.#stopping) this.#spawnAgain(running);
    this.#tellControllers();
  }

  #spawnAgain(running: Running): void {
    running.child = this.#spawn(running.service);
    running.isStopping = false;
    this.#reportExit(running);
  }
}

async function waitUntilReady({ service: { name, url }, child }: Running): Promise<void> {
  const deadline = Date.now() + readyDeadline;
  while (!(await answers(`${url}/readyz`))) {
    if (hasExited(child)) throw new StartError(`${name} could not be started. Its output is above.`);
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

const hasExited = ({ exitCode, signalCode, pid }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null || pid === undefined;

/** Tells a process to stop, and kills its process group after the deadline. */
async function stopChild(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (hasExited(child) || pid === undefined) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  child.kill('SIGTERM');
  const overdue = setTimeout(() => {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  }, stopDeadline);
  await exited;
  clearTimeout(overdue);
}

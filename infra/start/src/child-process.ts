import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface RunningChild {
  name: string;
  /** Resolves with a description when the process ends without having been told to. */
  ended: Promise<string>;
  /**
   * Resolves with a description when a watching Node.js says that the program ended. It then waits for a source to
   * change, which is what a developer wants later on, and not while starting.
   */
  crashed: Promise<string>;
  /** Tells it to stop and waits; after the deadline it is ended. */
  stop(): Promise<void>;
}

const stopDeadline = 12_000;

/**
 * Runs a Node.js program. It gets a process group of its own, so that Ctrl-C in the terminal reaches only us and each
 * child is told once, in order.
 *
 * @param print Takes each line of its output.
 */
export function runChild(
  name: string,
  options: {
    arguments: readonly string[];
    directory: string;
    environment: NodeJS.ProcessEnv;
    print: (line: string) => void;
  },
): RunningChild {
  const child = spawn(process.execPath, options.arguments, {
    cwd: options.directory,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const crashed = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        options.print(line);
        if (line.startsWith('Failed running ')) resolve(`${name} could not be started`);
      });
    }
  });
  let stopping = false;
  const exited = once(child, 'exit');
  return {
    name,
    crashed,
    ended: new Promise((resolve) => {
      child.once('error', (error) => resolve(`${name} could not be started: ${error.message}`));
      child.once('exit', (code, signal) => {
        if (!stopping) resolve(`${name} ended unexpectedly (${signal ?? `exit code ${code}`})`);
      });
    }),
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill('SIGTERM');
      const overdue = setTimeout(() => endGroup(child), stopDeadline);
      await exited;
      clearTimeout(overdue);
    },
  };
}

/** Ends a process and what it started; a watching Node.js has the program itself as a child. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') child.kill('SIGKILL');
  else process.kill(-child.pid, 'SIGKILL');
}

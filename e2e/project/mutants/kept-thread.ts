import { EventEmitter } from 'node:events';
import { type PoolOptions, type PoolWorker, ThreadsPoolWorker, type WorkerRequest } from 'vitest/node';

/** The thread that runs the tests of one mutant after the other, with everything that it has imported. */
let kept: { thread: ThreadsPoolWorker; isStarted: boolean } | undefined;

/**
 * Creates what runs tests in one thread for all mutants. Vitest would start a thread for each, which takes longer than
 * most tests. A mutant of code that runs while a module is imported gets a thread of its own.
 */
export function createKeptThread(options: PoolOptions): PoolWorker {
  if (Object(options.project.getProvidedContext()).mutantActivation === 'static')
    return Object.assign(new ThreadsPoolWorker(options), { name: 'kept-thread' });
  kept ??= { thread: new ThreadsPoolWorker(options), isStarted: false };
  const { thread } = kept;
  let config: unknown;
  const answers = new EventEmitter();
  const listeners: [event: string, listener: (...values: unknown[]) => void][] = [];
  return {
    name: 'kept-thread',
    async start() {
      if (!kept?.isStarted) await thread.start();
    },
    on(event, listener) {
      listeners.push([event, listener]);
      answers.on(event, listener);
      thread.on(event, listener);
    },
    off(event, listener) {
      answers.off(event, listener);
      thread.off(event, listener);
    },
    send(message: WorkerRequest) {
      const answer = (type: 'started' | 'stopped') =>
        void setImmediate(() => answers.emit('message', { __vitest_worker_response__: true, type }));
      if (message.type === 'stop') return answer('stopped');
      if (message.type === 'start') config = message.context.config;
      if (message.type === 'start' && kept?.isStarted) return answer('started');
      if (message.type === 'start' && kept) kept.isStarted = true;
      // The thread knows the configuration of its first start, which selected the tests of another mutant.
      const context = 'context' in message && { context: { ...message.context, config } };
      thread.send(Object.assign(message, context));
    },
    async stop() {
      for (const [event, listener] of listeners) thread.off(event, listener);
    },
    deserialize: (data) => data,
  };
}

/** Ends the thread, after the last mutant. */
export async function endKeptThread(): Promise<void> {
  if (kept?.isStarted) await kept.thread.stop();
  kept = undefined;
}

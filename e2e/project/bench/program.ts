import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { z } from 'zod';

/** A program of the bench in its own process, so that its CPU time can be measured. */
export interface Program extends AsyncDisposable {
  /** Sends a message and returns the reply. */
  ask<Answer extends z.ZodType>(message: unknown, answer: Answer): Promise<z.output<Answer>>;
}

/**
 * Starts a program. It has to reply to each message with one.
 *
 * @param file Path of its module.
 * @param options.environment More environment variables.
 * @param options.flags Node's flags.
 */
export function startProgram(
  file: string,
  { environment = {}, flags = [] }: { environment?: Readonly<Record<string, string>>; flags?: string[] } = {},
): Program {
  // biome-ignore lint/style/noProcessEnv: handed on as it is
  const env = { ...process.env, ...environment };
  const child: ChildProcess = fork(file, { env, execArgv: flags });
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${file} ended with ${signal ?? code}`);
  });
  ended.catch(() => {});
  return {
    async ask(message, answer) {
      const received = once(child, 'message');
      child.send({ message });
      const [content] = await Promise.race([received, ended]);
      return answer.parse(content);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended.catch(() => {});
    },
  };
}

/** Replies to each message from the bench, in the program. */
export function answerMessages(answer: (message: unknown) => unknown): void {
  let last: Promise<unknown> = Promise.resolve();
  process.on('message', (envelope: { message: unknown }) => {
    last = last.then(async () => process.send?.((await answer(envelope.message)) ?? null));
  });
}

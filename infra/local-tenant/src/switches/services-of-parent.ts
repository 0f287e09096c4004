import { z } from 'zod';
import type { Services } from './services.ts';

const messageSchema = z.object({
  services: z.array(z.object({ name: z.string(), isRunning: z.boolean() })),
});

/**
 * Connects to the process that started this one, if it can stop and start services. It sends the list of them as JSON
 * over the IPC channel, and gets requests such as `{ "service": "downstream-api", "run": false }`.
 *
 * @returns `undefined` if there is no such process.
 */
export function servicesOfParent(process: NodeJS.Process): Services | undefined {
  if (process.send === undefined) return undefined;
  let list: z.infer<typeof messageSchema>['services'] = [];
  const listeners: (() => void)[] = [];
  process.on('message', (message) => {
    const { data } = messageSchema.safeParse(message);
    if (!data) return;
    list = data.services;
    for (const listener of listeners) listener();
  });
  // The channel alone must not keep this process running.
  process.channel?.unref();
  return {
    list: () => list,
    subscribe: (listener) => listeners.push(listener),
    setRunning: (service, run) => void (process.connected && process.send?.({ service, run })),
  };
}

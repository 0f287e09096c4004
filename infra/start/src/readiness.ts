import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './configuration.ts';

/**
 * Waits until a URL answers 200.
 *
 * @param timeout Milliseconds.
 * @throws {StartError} when it does not in time, or when `ended` comes first.
 */
export async function waitUntilReady(url: string, ended: Promise<string>, timeout = 90_000): Promise<void> {
  const deadline = Date.now() + timeout;
  let failure: string | undefined;
  ended.then((reason) => {
    failure = reason;
  });
  while (failure === undefined) {
    if (await answers(url)) return;
    if (Date.now() > deadline) failure = `${url} did not answer 200 within ${timeout / 1000} seconds`;
    await delay(100);
  }
  throw new StartError(`${failure}. What it printed stands above.`);
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

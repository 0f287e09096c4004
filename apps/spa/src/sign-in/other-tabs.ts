import { z } from '../configuration/zod.ts';

// Each tab keeps its own tokens, in its session storage. Signing out in one must end them all.
const channelName = 'signed-out';
const messageSchema = z.object({ homeAccountId: z.string() });

/** Tells the app's other tabs that this account signed out here. */
export function tellOtherTabs(homeAccountId: string): void {
  const channel = new BroadcastChannel(channelName);
  channel.postMessage({ homeAccountId });
  channel.close();
}

/**
 * Calls back when this account signs out in another tab.
 *
 * @returns A function that stops listening.
 */
export function onSignedOutElsewhere(homeAccountId: string, callback: () => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = messageSchema.safeParse(data);
    if (message.success && message.data.homeAccountId === homeAccountId) callback();
  };
  return () => channel.close();
}

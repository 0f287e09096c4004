import type { RequestHandler, Response } from 'express';

/** What happens in the tenant, for open pages of the control room. Nothing is kept. */
export interface LiveEvents {
  /**
   * Sends an event to every open page.
   *
   * @param name Name of the event, e.g. `message`.
   * @param data What the page gets, as JSON or already written as JSON.
   */
  publish(name: string, data: object | string): void;
  /** Whether a page is open, so that something can be left undone for nobody. */
  isWatched(): boolean;
  /** Serves the events as a stream ("Server-sent events", HTML Living Standard §9.2). */
  stream: RequestHandler;
}

const heartbeatMs = 20_000;
/** A page that reads more slowly than this is disconnected. It connects again, and reads everything anew. */
const unsentBytes = 4 * 1024 * 1024;
const mostPages = 50;

/** Creates the events. The first one that a page gets is `connected`, with an ID that differs after each start. */
export function createLiveEvents(): LiveEvents {
  const start = crypto.randomUUID();
  const pages = new Set<Response>();
  const write = (page: Response, text: string) => {
    page.write(text);
    if (page.writableLength > unsentBytes) page.destroy();
  };
  return {
    publish(name, data) {
      if (pages.size === 0) return;
      const text = `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
      for (const page of pages) write(page, text);
    },
    isWatched: () => pages.size > 0,
    stream(_request, response) {
      if (pages.size >= mostPages) {
        const error_description = 'Too many pages of the control room are open.';
        return void response.status(503).json({ error: 'temporarily_unavailable', error_description });
      }
      response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).flushHeaders();
      write(response, `retry: 1000\nevent: connected\ndata: ${JSON.stringify({ start })}\n\n`);
      pages.add(response);
      const heartbeat = setInterval(() => write(response, ':\n\n'), heartbeatMs).unref();
      response.once('close', () => {
        clearInterval(heartbeat);
        pages.delete(response);
      });
    },
  };
}

import type { RequestListener } from 'node:http';
import { type Listening, listen } from '@obo/service-defaults/server';

/** A server whose port is known before what it serves is. */
export interface LateListener extends Listening {
  serve(handler: RequestListener): void;
}

/** Listens on a free loopback port and answers 503 until `serve` is called. */
export async function listenLate(): Promise<LateListener> {
  let handler: RequestListener = (_request, response) => void response.writeHead(503).end();
  const listening = await listen((request, response) => handler(request, response), {
    host: 'localhost',
    port: 0,
  });
  return {
    ...listening,
    serve(next) {
      handler = next;
    },
  };
}

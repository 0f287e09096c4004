import { listen } from '@obo/service-defaults/server';

export interface ResourceAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A protected API that accepts any token. */
export interface ResourceServer {
  url: string;
  /** The tokens of all calls. */
  received: readonly string[];
  forget(): void;
  /** Sets the answers from now on: 200 if omitted, none at all for `undefined`. */
  behave(answer?: (accessToken: string) => ResourceAnswer | undefined): void;
  close(): Promise<void>;
}

/** Starts a protected API on a free port. */
export async function startResourceServer(): Promise<ResourceServer> {
  const received: string[] = [];
  const accept = (): ResourceAnswer => ({ status: 200 });
  let answerTo: (accessToken: string) => ResourceAnswer | undefined = accept;
  const server = await listen(
    (request, response) => {
      const accessToken = request.headers.authorization?.replace('Bearer ', '') ?? '';
      received.push(accessToken);
      const answer = answerTo(accessToken);
      if (answer === undefined) return;
      const { status, headers, body = '{}' } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    },
    { host: 'localhost', port: 0 },
  );
  return {
    url: server.url,
    received,
    forget() {
      received.length = 0;
    },
    behave(answer = accept) {
      answerTo = answer;
    },
    close: () => server.close(),
  };
}

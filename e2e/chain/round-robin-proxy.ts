import http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '@obo/service-defaults/server';

/** Stands in front of several instances, as a load balancer does. */
export interface RoundRobinProxy {
  url: string;
  /** How many requests it sent anew, as their instance broke off. */
  retried(): number;
  close(): Promise<void>;
}

/** Starts it on a free port. Each request goes to the next instance; GET goes to the one after if that breaks off. */
export async function startRoundRobinProxy(instances: readonly string[]): Promise<RoundRobinProxy> {
  const agent = new http.Agent({ keepAlive: true });
  let turn = 0;
  let retried = 0;

  /** The whole answer, so that nothing is passed on of one that breaks off. */
  const ask = async (instance: number, { method, url: path, headers }: http.IncomingMessage) => {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http
        .request(`${instances[instance % instances.length]}${path}`, { agent, method, headers }, resolve)
        .once('error', reject)
        .end();
    });
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
  };

  const proxy = await listen(
    async (request, response) => {
      turn += 1;
      const instance = turn;
      const answer = await ask(instance, request)
        .catch(() => {
          if (request.method !== 'GET') throw new Error('Only GET is made again');
          retried += 1;
          return ask(instance + 1, request);
        })
        .catch(() => ({ status: 502, headers: {}, body: '{}' }));
      response.writeHead(answer.status, answer.headers).end(answer.body);
    },
    { host: 'localhost', port: 0 },
  );
  return {
    url: proxy.url,
    retried: () => retried,
    async close() {
      await proxy.close();
      agent.destroy();
    },
  };
}

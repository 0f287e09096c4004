import http from 'node:http';
import https from 'node:https';
import { Socket } from 'node:net';
import { CallFailed } from './call-failed.ts';

const keepAlive = { keepAlive: true, maxSockets: 256, maxFreeSockets: 64 };

/**
 * Agents that keep connections alive, and give up one that is not made in time. For https that includes the TLS
 * handshake.
 *
 * @param connectDeadline Milliseconds.
 */
export function createKeepAliveAgents(connectDeadline: number): {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
} {
  const httpAgent = new http.Agent(keepAlive);
  const connect = httpAgent.createConnection.bind(httpAgent);
  httpAgent.createConnection = (...parameters) => limit(connect(...parameters), 'connect', connectDeadline);

  const httpsAgent = new https.Agent(keepAlive);
  const connectSecurely = httpsAgent.createConnection.bind(httpsAgent);
  httpsAgent.createConnection = (...parameters) =>
    limit(connectSecurely(...parameters), 'secureConnect', connectDeadline);
  return { httpAgent, httpsAgent };
}

function limit<Connection>(connection: Connection, made: string, milliseconds: number): Connection {
  if (!(connection instanceof Socket)) return connection;
  const timer = setTimeout(
    () => connection.destroy(new CallFailed('unreachable', { code: 'ETIMEDOUT' })),
    milliseconds,
  );
  const done = (): void => clearTimeout(timer);
  connection.once(made, done);
  connection.once('close', done);
  return connection;
}

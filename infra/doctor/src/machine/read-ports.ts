import { connect } from 'node:net';
import { z } from 'zod';

/** A port that a service is to listen on. */
export interface ServicePort {
  port: number;
  purpose: string;
  /** The variable that sets it. */
  variable: string;
  /** The response by which the service is recognized. */
  answers: 'readiness' | 'configuration';
  /** The client ID in its file, if the service tells which one it is running with. */
  clientId?: string | undefined;
}

/** `ready`, `not_ready`, `outdated`: our own service answers. `in_use`: another program does. */
export interface Port extends ServicePort {
  state: 'free' | 'ready' | 'not_ready' | 'outdated' | 'in_use';
  /** Names of failing readiness checks. */
  failing: readonly string[];
}

const readinessSchema = z.object({
  status: z.enum(['ready', 'not_ready', 'draining']),
  checks: z.record(z.string(), z.string()).default({}),
});
const configurationSchema = z.object({ clientId: z.string(), apiBaseUrl: z.string() });

/** Milliseconds. A service's readiness checks take up to two seconds. */
const deadline = 5_000;

/** Reads the state of a port on this machine. */
export async function readPort(expected: ServicePort): Promise<Port> {
  const inUse = await Promise.all(['127.0.0.1', '::1'].map((address) => isInUse(expected.port, address)));
  if (!inUse.includes(true)) return { ...expected, state: 'free', failing: [] };
  return { ...expected, ...(await recognizeService(expected)) };
}

async function recognizeService({
  port,
  answers,
  clientId,
}: ServicePort): Promise<Pick<Port, 'state' | 'failing'>> {
  const path = answers === 'readiness' ? '/readyz' : '/configuration.json';
  let body: unknown;
  try {
    const response = await fetch(`http://localhost:${port}${path}`, {
      signal: AbortSignal.timeout(deadline),
    });
    body = await response.json();
  } catch {
    return { state: 'in_use', failing: [] };
  }
  if (answers === 'configuration') {
    const configuration = configurationSchema.safeParse(body).data;
    const state = clientId === undefined || configuration?.clientId === clientId ? 'ready' : 'outdated';
    return { state: configuration ? state : 'in_use', failing: [] };
  }
  const readiness = readinessSchema.safeParse(body).data;
  if (readiness === undefined) return { state: 'in_use', failing: [] };
  const failing = Object.entries(readiness.checks).flatMap(([name, result]) =>
    result === 'ok' ? [] : [name],
  );
  return { state: readiness.status === 'ready' ? 'ready' : 'not_ready', failing };
}

function isInUse(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const settle = (inUse: boolean) => {
      socket.destroy();
      resolve(inUse);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

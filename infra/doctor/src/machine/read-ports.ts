import { connect } from 'node:net';
import { z } from 'zod';

/** A port that a part of the application is to listen on. */
export interface WantedPort {
  port: number;
  purpose: string;
  /** The variable that changes it. */
  variable: string;
  /** What the part answers, and nothing else does. */
  answers: 'readiness' | 'configuration';
  /** The client ID that its file says now, if it tells the one that it runs with. */
  clientId?: string | undefined;
}

/** `ready`, `not_ready` and `outdated` are answers of ours; `taken` is something else. */
export interface Port extends WantedPort {
  state: 'free' | 'ready' | 'not_ready' | 'outdated' | 'taken';
  /** Checks that do not pass, by name. */
  failing: readonly string[];
}

const readinessSchema = z.object({
  status: z.enum(['ready', 'not_ready', 'draining']),
  checks: z.record(z.string(), z.string()).default({}),
});
const configurationSchema = z.object({ clientId: z.string(), apiBaseUrl: z.string() });

/** Milliseconds; the readiness checks of a service have two seconds. */
const deadline = 5_000;

/** Looks who answers on a port of this machine. */
export async function readPort(wanted: WantedPort): Promise<Port> {
  const taken = await Promise.all(['127.0.0.1', '::1'].map((address) => isTaken(wanted.port, address)));
  if (!taken.includes(true)) return { ...wanted, state: 'free', failing: [] };
  return { ...wanted, ...(await recognise(wanted)) };
}

async function recognise({ port, answers, clientId }: WantedPort): Promise<Pick<Port, 'state' | 'failing'>> {
  const path = answers === 'readiness' ? '/readyz' : '/configuration.json';
  let body: unknown;
  try {
    const response = await fetch(`http://localhost:${port}${path}`, {
      signal: AbortSignal.timeout(deadline),
    });
    body = await response.json();
  } catch {
    return { state: 'taken', failing: [] };
  }
  if (answers === 'configuration') {
    const configuration = configurationSchema.safeParse(body).data;
    const state = clientId === undefined || configuration?.clientId === clientId ? 'ready' : 'outdated';
    return { state: configuration ? state : 'taken', failing: [] };
  }
  const readiness = readinessSchema.safeParse(body).data;
  if (readiness === undefined) return { state: 'taken', failing: [] };
  const failing = Object.entries(readiness.checks).flatMap(([name, result]) =>
    result === 'ok' ? [] : [name],
  );
  return { state: readiness.status === 'ready' ? 'ready' : 'not_ready', failing };
}

function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 });
    const settle = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

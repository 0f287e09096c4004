import { Router } from 'express';
import type { DependencyState } from '../calls/circuit.ts';
import { route } from './route.ts';

/** Checks one thing that the service cannot work without. Resolves to false, or rejects, if it is missing. */
export type ReadinessCheck = () => Promise<boolean>;

export interface Health {
  router: Router;
  /** Makes the service not ready, so that a load balancer sends no new requests. */
  drain(): void;
}

const checkDeadline = 2_000;

/**
 * Creates `GET /livez`, which reports that the process answers, and `GET /readyz`, which reports whether it can do its
 * work. A failing check makes the service not ready, but never not alive. Neither has a rate limit, so simultaneous
 * requests share the checks.
 *
 * @param dependencies Services behind this one. They are reported, but do not affect readiness: they fail for all
 *   instances at once, and whatever still works must stay reachable.
 */
export function createHealth(
  checks: Readonly<Record<string, ReadinessCheck>>,
  dependencies: Readonly<Record<string, () => DependencyState>> = {},
): Health {
  let draining = false;
  let running: ReturnType<typeof runAll> | undefined;
  const checkAll = (): ReturnType<typeof runAll> => {
    running ??= runAll(checks).finally(() => {
      running = undefined;
    });
    return running;
  };
  const router = Router();
  route(router, '/livez', { get: (_request, response) => void response.json({ status: 'alive' }) });
  route(router, '/readyz', {
    get: async (_request, response) => {
      const results = await checkAll();
      const ready = !draining && results.every(([, result]) => result === 'ok');
      response.status(ready ? 200 : 503).json({
        status: draining ? 'draining' : ready ? 'ready' : 'not_ready',
        checks: Object.fromEntries(results),
        dependencies: Object.fromEntries(
          Object.entries(dependencies).map(([name, state]) => [name, state()]),
        ),
      });
    },
  });
  return {
    router,
    drain() {
      draining = true;
    },
  };
}

async function runAll(checks: Readonly<Record<string, ReadinessCheck>>) {
  return Promise.all(
    Object.entries(checks).map(
      async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'failing'] as const,
    ),
  );
}

async function passes(check: ReadinessCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, checkDeadline, false);
  });
  try {
    return await Promise.race([check(), deadline]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

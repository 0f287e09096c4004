import { Router } from 'express';
import type { DependencyState } from '../calls/circuit.ts';
import { route } from './route.ts';

/** One thing the service cannot work without. Resolves to false, or rejects, when it is not there. */
export type ReadinessCheck = () => Promise<boolean>;

export interface Health {
  router: Router;
  /** From now on not ready: a load balancer sends nothing new. */
  drain(): void;
}

const checkDeadline = 2_000;

/**
 * `GET /livez` says that the process answers; `GET /readyz` says whether it can do its work, check by check.
 * A failing check makes the service not ready; it never makes it not alive. Neither is rate-limited, so who asks while
 * the checks run waits for the same ones: asking often does not burden what is behind.
 *
 * @param dependencies Services behind this one that it can do without in part. They are told, and decide nothing:
 *   they fail for all instances at once, and what still works must stay reachable.
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

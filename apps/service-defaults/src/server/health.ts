import { Router } from 'express';
import type { DependencyStates } from '../calls/dependency.ts';
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
  dependencies: DependencyStates = {},
): Health {
  let draining = false;
  let running: ReturnType<typeof runAll> | undefined;
  const checkAll = (): ReturnType<typeof runAll> => {
    running ??= runAll(checks, dependencies).finally(() => {
      running = undefined;
    });
    return running;
  };
  const router = Router();
  route(router, '/livez', { get: (_request, response) => void response.json({ status: 'alive' }) });
  route(router, '/readyz', {
    get: async (_request, response) => {
      const { results, states } = await checkAll();
      const ready = !draining && results.every(([, result]) => result === 'ok');
      response.status(ready ? 200 : 503).json({
        status: draining ? 'draining' : ready ? 'ready' : 'not_ready',
        checks: Object.fromEntries(results),
        dependencies: Object.fromEntries(states),
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

async function runAll(checks: Readonly<Record<string, ReadinessCheck>>, dependencies: DependencyStates) {
  const results = await askAll(checks, async (check) => ((await check()) ? 'ok' : 'failing'));
  // A check may call a dependency, whose state is then another.
  return { results, states: await askAll(dependencies, (stateOf) => stateOf()) };
}

/** Asks all at once. What rejects, or takes too long, is `failing`. */
function askAll<Item, Answer>(
  items: Readonly<Record<string, Item>>,
  ask: (item: Item) => Answer | Promise<Answer>,
) {
  return Promise.all(
    Object.entries(items).map(async ([name, item]) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'failing'>((resolve) => {
        timer = setTimeout(resolve, checkDeadline, 'failing');
      });
      try {
        return [name, await Promise.race([ask(item), late])] as const;
      } catch {
        return [name, 'failing'] as const;
      } finally {
        clearTimeout(timer);
      }
    }),
  );
}

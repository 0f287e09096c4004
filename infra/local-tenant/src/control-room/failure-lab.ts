import { Router } from 'express';
import { z } from 'zod';
import type { Directory } from '../directory/directory.ts';
import type { EntraServices } from '../entra/entra-services.ts';
import { noServices } from '../switches/environment-switches.ts';
import { notFound, SwitchError } from '../switches/switch.ts';
import { type AppChain, findAppChain } from './app-chain.ts';
import { downstreamService, type Failure, failures, type SwitchCall } from './failures.ts';

/** Applies a switch by its request; see `applySwitch`. */
type Apply = (request: string, body?: object) => Promise<unknown>;

const requestSchema = z.strictObject({ id: z.string() });

/**
 * Serves `/failure-lab`: the failures, and the one that is set up. `PUT` cures that one and sets up another, `DELETE`
 * cures it.
 */
export function failureLabRouter(entra: EntraServices, apply: Apply): Router {
  const { directory } = entra;
  const { state } = directory;
  const router = Router();

  router.get('/failure-lab', (_request, response) => {
    const chain = findAppChain(directory);
    response.json({
      spaUrl: chain?.spaUrl ?? null,
      current: state.failure,
      failures: failures.map((failure) => ({
        ...failure,
        unavailable: unavailability(failure, chain, entra),
        requests: chain ? failure.setUp(chain, entra) : [],
      })),
    });
  });
  router.put('/failure-lab', async (request, response) => {
    const { data } = requestSchema.safeParse(request.body);
    const failure = failures.find(({ id }) => id === data?.id);
    if (!failure) throw notFound('Failure');
    const chain = findAppChain(directory);
    const reason = unavailability(failure, chain, entra);
    if (!chain || reason !== null) throw new SwitchError(409, 'unavailable', reason ?? noChain);
    await cureCurrent(entra, apply);
    state.failure = { id: failure.id, setUpAt: new Date().toISOString() };
    for (const { request, body } of failure.setUp(chain, entra)) await apply(request, body);
    directory.save();
    response.json(state.failure);
  });
  router.delete('/failure-lab', async (_request, response) => {
    await cureCurrent(entra, apply);
    directory.save();
    response.status(204).end();
  });
  return router;
}

/** Forgets a failure that was caused by switches that a restart of the tenant puts back. */
export function forgetLostFailure({ state }: Directory): void {
  const failure = failures.find(({ id }) => id === state.failure?.id);
  if (!failure?.survivesRestart) state.failure = null;
}

const noChain =
  'The registrations contain no single-page application that calls an API, which calls another API. Run start, which registers them.';

/** Says why a failure cannot be set up now; `null` if it can. */
function unavailability(
  { id }: Failure,
  chain: AppChain | undefined,
  { services }: EntraServices,
): string | null {
  if (!chain) return noChain;
  const canStop = services?.list().some(({ name }) => name === downstreamService) ?? false;
  return id === 'downstream-api-down' && !canStop ? noServices : null;
}

/** Cures the failure that is set up, if any. The caller saves. */
async function cureCurrent(entra: EntraServices, apply: Apply): Promise<void> {
  const { state } = entra.directory;
  const chain = findAppChain(entra.directory);
  const failure = failures.find(({ id }) => id === state.failure?.id);
  state.failure = null;
  if (!failure || !chain) return;
  for (const call of failure.cure(chain, entra)) await applyIfPossible(apply, call);
}

/** Applies a switch, unless there is nothing to apply it to any more: then something else has cured the failure. */
async function applyIfPossible(apply: Apply, { request, body }: SwitchCall): Promise<void> {
  try {
    await apply(request, body);
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error;
  }
}

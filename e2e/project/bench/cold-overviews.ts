import { Pool } from 'undici';
import { type BenchRow, ratioRow } from './bench-row.ts';
import { createBenchIssuer } from './large-tokens.ts';
import { assertionsOf, startMiddleTier, startProcess, startServices } from './overview-load.ts';

/** Milliseconds. The slower source is the downstream API: 60 and 120. */
const delays = { graphToken: 120, graph: 40, downstreamToken: 60, downstream: 120 };
const rounds = 25;

/** Compares a user's first overview with the slower of its two sources. */
export async function coldOverviewRows(): Promise<BenchRow[]> {
  const issuer = createBenchIssuer();
  await using services = await startServices({ jwk: issuer.jwk, delays });
  await using program = startProcess();
  await using middleTier = await startMiddleTier(program, { kind: 'middle tier', behind: services.origin });
  const pool = new Pool(services.origin);
  const assertions = assertionsOf(issuer, 600);

  const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  const ask = async (path: string, body: string | null): Promise<void> => {
    const answer = await pool.request({ path, method: body === null ? 'GET' : 'POST', body });
    await answer.body.dump();
  };
  const slowerLeg = async (assertion: string): Promise<void> => {
    await ask('/token', new URLSearchParams({ assertion, scope: 'api://leave/Leave.Read' }).toString());
    await ask('/api/leave-balance', null);
  };

  await middleTier.ask(assertions.slice(rounds), 25);
  const overviews: number[] = [];
  const legs: number[] = [];
  for (const assertion of assertions.slice(0, rounds)) {
    const overview = await milliseconds(() => middleTier.ask([assertion], 1));
    const leg = await milliseconds(() => slowerLeg(assertion));
    overviews.push(overview);
    legs.push(leg);
  }
  await pool.destroy();
  return [
    ratioRow('Cold overview / its slower source, exchange and call', { atMost: 1.1 }, overviews, legs, {
      show: (milliseconds) => `${milliseconds.toFixed(0)} ms`,
      peers: 'one after the other: 1.97; both exchanges, then both calls: 1.38',
    }),
  ];
}

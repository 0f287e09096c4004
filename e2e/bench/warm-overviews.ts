import { randomInt } from 'node:crypto';
import { type BenchRow, median, ratioRow } from './bench-row.ts';
import { createBenchIssuer } from './large-tokens.ts';
import {
  assertionsOf,
  type Load,
  type LoadedMiddleTier,
  startMiddleTier,
  startServices,
} from './overview-load.ts';

const concurrency = 50;
const requestsARound = 500;
const rounds = 9;
/** Each with new processes, as no two runs of one program are optimised in the same way. */
const generations = 3;

/** What everything that is about tokens costs a warm overview request, beside one without any of it. */
export async function warmOverviewRows(): Promise<BenchRow[]> {
  const issuer = createBenchIssuer();
  const everybody = assertionsOf(issuer, 10_000);
  const few = everybody.slice(0, 32);
  const cpuToFloor: number[] = [];
  const throughputToFloor: number[] = [];
  const cpuToFew: number[] = [];
  const loads = { floor: [] as Load[], few: [] as Load[], many: [] as Load[] };

  for (let generation = 0; generation < generations; generation += 1) {
    await using services = await startServices({ jwk: issuer.jwk });
    const behind = services.origin;
    await using floor = await startMiddleTier({ kind: 'floor', behind });
    await using withFew = await startMiddleTier({ kind: 'middle tier', behind });
    await using withMany = await startMiddleTier({ kind: 'middle tier', behind });
    // As many for each, so that each process has had the same time to optimise what it does.
    await withMany.ask(everybody, concurrency);
    await floor.ask(someOf(few, everybody.length), concurrency);
    await withFew.ask(someOf(few, everybody.length), concurrency);

    const measure = (middleTier: LoadedMiddleTier, people: readonly string[]) =>
      middleTier.ask(someOf(people, requestsARound), concurrency);
    for (let round = 0; round < rounds; round += 1) {
      const load = {
        floor: await measure(floor, few),
        few: await measure(withFew, few),
        many: await measure(withMany, everybody),
      };
      loads.floor.push(load.floor);
      loads.few.push(load.few);
      loads.many.push(load.many);
      cpuToFloor.push(load.few.cpu / load.floor.cpu);
      throughputToFloor.push(load.few.throughput / load.floor.throughput);
      cpuToFew.push(load.many.cpu / load.few.cpu);
    }
  }

  const cpu = (name: keyof typeof loads) => `${median(loads[name].map((load) => load.cpu)).toFixed(0)} µs`;
  const rate = (name: keyof typeof loads) =>
    `${median(loads[name].map((load) => load.throughput)).toFixed(0)}/s`;
  return [
    ratioRow(
      'Warm overview: CPU per request / the same app and HTTP client with a constant bearer and no authentication, c = 50',
      { atMost: 1.05 },
      cpuToFloor,
      {
        detail: `${cpu('few')} / ${cpu('floor')}`,
        peers: 'a published tutorial of this flow: 2.1–2.3 at 32 users, 33 at 1,000',
      },
    ),
    ratioRow('Warm overview: throughput / that floor, c = 50', { atLeast: 0.95 }, throughputToFloor, {
      detail: `${rate('few')} / ${rate('floor')}`,
      peers: 'the same tutorial: 0.47–0.80 at 32 users, 0.06 at 1,000',
    }),
    ratioRow(
      'Warm overview: CPU per request with 10,000 stored users, all of whom come / with 32',
      { atMost: 1.1 },
      cpuToFew,
      {
        detail: `${cpu('many')} / ${cpu('few')}`,
        peers: 'the same tutorial: 15 at 1,000 users',
      },
    ),
  ];
}

const someOf = (assertions: readonly string[], many: number): string[] =>
  Array.from({ length: many }, () => assertions[randomInt(assertions.length)] ?? '');

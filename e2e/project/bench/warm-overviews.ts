import { randomInt } from 'node:crypto';
import { type BenchRow, ratioRow } from './bench-row.ts';
import { createBenchIssuer } from './large-tokens.ts';
import {
  assertionsOf,
  type Load,
  type LoadedMiddleTier,
  startMiddleTier,
  startProcess,
  startServices,
} from './overview-load.ts';

const concurrency = 50;
/** Few, so that both are measured within a fraction of a second: the machine's speed changes all the time. */
const requestsARound = 100;
const rounds = 120;
/** Not counted, while V8 optimizes the code. */
const warmUpRounds = 40;
/** Each with new processes, because no two runs of a program are optimized in the same way. */
const generations = 3;

/** Compares a warm overview request with one that handles no tokens. */
export async function warmOverviewRows(): Promise<BenchRow[]> {
  const issuer = createBenchIssuer();
  const everybody = assertionsOf(issuer, 10_000);
  const few = everybody.slice(0, 32);
  const besideFloor: Round[] = [];
  const manyBesideFew: Round[] = [];

  for (let generation = 0; generation < generations; generation += 1) {
    await using services = await startServices({ jwk: issuer.jwk });
    const behind = services.origin;
    {
      // In one process: two processes that do the same differ by more than the effect that is measured.
      await using program = startProcess();
      await using middleTier = await startMiddleTier(program, { kind: 'middle tier', behind });
      await using floor = await startMiddleTier(program, { kind: 'floor', behind });
      await measureByTurns(warmUpRounds, [middleTier, few], [floor, few]);
      besideFloor.push(...(await measureByTurns(rounds, [middleTier, few], [floor, few])));
    }
    // In two: stored tokens affect everything in their process.
    await using programOfMany = startProcess();
    await using programOfFew = startProcess();
    await using withMany = await startMiddleTier(programOfMany, { kind: 'middle tier', behind });
    await using withFew = await startMiddleTier(programOfFew, { kind: 'middle tier', behind });
    await withMany.ask(everybody, concurrency);
    await withFew.ask(someOf(few, everybody.length), concurrency);
    manyBesideFew.push(...(await measureByTurns(rounds, [withMany, everybody], [withFew, few])));
  }

  const microseconds = (cpu: number): string => `${cpu.toFixed(0)} µs`;
  return [
    ratioRow(
      'Warm overview: CPU per request / the same app and HTTP client with a constant bearer and no authentication, c = 50',
      { atMost: 1.05 },
      ...figuresOf(besideFloor, 'cpu'),
      {
        show: microseconds,
        peers: 'a published tutorial of this flow: 2.1–2.3 at 32 users, 33 at 1,000',
      },
    ),
    ratioRow(
      'Warm overview: throughput / that floor, c = 50',
      { atLeast: 0.95 },
      ...figuresOf(besideFloor, 'throughput'),
      {
        show: (throughput) => `${throughput.toFixed(0)}/s`,
        peers: 'the same tutorial: 0.47–0.80 at 32 users, 0.06 at 1,000',
      },
    ),
    ratioRow(
      'Warm overview: CPU per request with 10,000 active users / with 32',
      { atMost: 1.1 },
      ...figuresOf(manyBesideFew, 'cpu'),
      { show: microseconds, peers: 'the same tutorial: 15 at 1,000 users' },
    ),
  ];
}

/** The cost of two middle tiers, one after the other. */
interface Round {
  over: Load;
  under: Load;
}

/** A middle tier, and the tokens of the users who call it. */
type Asked = [middleTier: LoadedMiddleTier, users: readonly string[]];

/** They take turns to start a round, because one may pay for the garbage that the other has left. */
async function measureByTurns(count: number, over: Asked, under: Asked): Promise<Round[]> {
  const measure = ([middleTier, users]: Asked) => middleTier.ask(someOf(users, requestsARound), concurrency);
  const measured: Round[] = [];
  while (measured.length < count) {
    measured.push({ over: await measure(over), under: await measure(under) });
    measured.push({ under: await measure(under), over: await measure(over) });
  }
  return measured;
}

function figuresOf(rounds: readonly Round[], figure: keyof Load): [over: number[], under: number[]] {
  return [rounds.map(({ over }) => over[figure]), rounds.map(({ under }) => under[figure])];
}

const someOf = (assertions: readonly string[], many: number): string[] =>
  Array.from({ length: many }, () => assertions[randomInt(assertions.length)] ?? '');

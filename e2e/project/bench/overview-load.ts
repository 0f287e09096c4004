import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { z } from 'zod';
import { assertionClaims, type BenchIssuer } from './large-tokens.ts';
import type { MiddleTierOptions } from './middle-tier.ts';
import { type Program, startProgram } from './program.ts';
import type { ServicesOptions } from './services-behind.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Starts the services behind the middle tier. */
export async function startServices(options: ServicesOptions): Promise<AsyncDisposable & { origin: string }> {
  const program = startProgram(pathOf('services-behind.ts'));
  const origin = await program.ask(options, z.string());
  return { origin, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** A middle tier under load. */
export interface LoadedMiddleTier extends AsyncDisposable {
  /** Requests the overview once for each of these users, with this many concurrent requests. */
  ask(assertions: readonly string[], concurrency: number): Promise<Load>;
}

/** The cost of a number of requests. */
export interface Load {
  /** Microseconds of CPU per request, of the middle tier's process. */
  cpu: number;
  /** Requests per second. */
  throughput: number;
}

/** Starts a process for middle tiers. In one process they differ by what they do, and not by how V8 optimized them. */
export const startProcess = (): Program => startProgram(pathOf('middle-tier.ts'));

/** Starts a middle tier in that process. It stops with the process. */
export async function startMiddleTier(
  program: Program,
  options: MiddleTierOptions,
): Promise<LoadedMiddleTier> {
  const pool = new Pool(await program.ask(options, z.string()), { connections: 50 });
  const cpu = () => program.ask('cpu', z.number());

  async function overview(assertion: string): Promise<void> {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/api/overview',
      headers: { authorization: `Bearer ${assertion}` },
    });
    const text = await body.text();
    if (statusCode !== 200 || text.split('"state":"ok"').length !== 3)
      throw new Error(`The overview is not whole: ${statusCode} ${text.slice(0, 500)}`);
  }

  return {
    async ask(assertions, concurrency) {
      const waiting = assertions.values();
      const before = await cpu();
      const started = performance.now();
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          for (const assertion of waiting) await overview(assertion);
        }),
      );
      const seconds = (performance.now() - started) / 1000;
      return {
        cpu: ((await cpu()) - before) / assertions.length,
        throughput: assertions.length / seconds,
      };
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** Creates access tokens for the middle tier, for this many users. */
export const assertionsOf = (issuer: BenchIssuer, users: number): string[] =>
  Array.from({ length: users }, (_, index) => issuer.sign(assertionClaims(index)));

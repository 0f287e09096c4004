import { requestBudget } from '@obo/service-defaults/observability';
import { expect } from 'vitest';
import { z } from 'zod';
import type { FaultyChain } from '../../chain/faulty-chain.ts';

const sectionSchema = z.looseObject({
  state: z.string(),
  data: z.looseObject({ mail: z.string().nullish(), requests: z.array(z.unknown()).optional() }).optional(),
  problem: z.looseObject({}).optional(),
});

/** The parts of an answer that several tests read: sections of an overview, a leave request, or a problem. */
const bodySchema = z.looseObject({
  profile: sectionSchema.optional(),
  leave: sectionSchema.optional(),
  id: z.string().optional(),
  causes: z.array(z.string()).optional(),
});

/** A parsed answer with its text. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Empty if the answer has no such header. */
  body: z.output<typeof bodySchema>;
}

/** Calls the middle tier, and fails if the answer takes longer than the request's time budget. */
export async function call(
  chain: FaultyChain,
  token: string,
  path = '/api/overview',
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(`${chain.middleTierUrl}${path}`, {
    signal: AbortSignal.timeout(requestBudget + 1_000),
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: bodySchema.parse(text ? JSON.parse(text) : {}),
  };
}

/** Waits until the middle tier reports no open circuit. */
export async function waitForCircuits(chain: FaultyChain): Promise<void> {
  await expect
    .poll(async () => Object.values((await readiness(chain)).dependencies), { interval: 10, timeout: 10_000 })
    .not.toContain('circuit_open');
}

export async function readiness(chain: FaultyChain) {
  const response = await fetch(`${chain.middleTierUrl}/readyz`);
  const { checks, dependencies } = await response.json();
  return { status: response.status, checks, dependencies };
}

/** Returns every secret that was sent to the services behind the middle tier. */
function secretsIn({ proxies, environments }: FaultyChain): string[] {
  const seen = Object.values(proxies).flatMap(({ requests }) => requests);
  const tokens = seen.map(({ authorization }) => authorization?.replace('Bearer ', '') ?? '');
  const assertions = seen.map(({ body }) => new URLSearchParams(body).get('assertion') ?? '');
  const secrets = [...tokens, ...assertions, environments.middleTierApi.CLIENT_SECRET ?? ''];
  return [...new Set(secrets)].filter((secret) => secret.length > 20);
}

/** Fails if an answer or a log line contains a secret, or text from the failing service's page. */
export function expectNoLeak(chain: FaultyChain, answers: readonly Answer[]): void {
  const output = [
    ...answers.map(({ text, headers }) => text + JSON.stringify([...headers])),
    ...chain.logs,
  ].join('\n');
  const secrets = secretsIn(chain);
  expect(secrets.length).toBeGreaterThan(1);
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([]);
  expect(output).not.toMatch(/Sign in to the network|AADSTS-like-text|<!doctype/);
}

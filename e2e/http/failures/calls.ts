import { requestBudget } from '@obo/service-defaults/observability';
import { expect } from 'vitest';
import { z } from 'zod';
import type { FaultyChain } from '../../chain/faulty-chain.ts';

const sectionSchema = z.looseObject({
  state: z.string(),
  data: z.looseObject({ mail: z.string().nullish(), requests: z.array(z.unknown()).optional() }).optional(),
  problem: z.looseObject({}).optional(),
});

/** As much of an answer as several tests look at: sections of an overview, a leave request, or a problem. */
const bodySchema = z.looseObject({
  profile: sectionSchema.optional(),
  leave: sectionSchema.optional(),
  id: z.string().optional(),
  causes: z.array(z.string()).optional(),
});

/** What a call was answered, with the text it came as. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Empty if the answer has none. */
  body: z.output<typeof bodySchema>;
}

/** Calls the middle tier; fails if it does not answer within the time it gives a request. */
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

/** Waits until the middle tier says that it would call all services; it says so by itself. */
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

/** Everything that went to the services behind and that nobody else may see. */
function secretsIn({ proxies, environments }: FaultyChain): string[] {
  const seen = Object.values(proxies).flatMap(({ requests }) => requests);
  const tokens = seen.map(({ authorization }) => authorization?.replace('Bearer ', '') ?? '');
  const assertions = seen.map(({ body }) => new URLSearchParams(body).get('assertion') ?? '');
  const secrets = [...tokens, ...assertions, environments.middleTierApi.CLIENT_SECRET ?? ''];
  return [...new Set(secrets)].filter((secret) => secret.length > 20);
}

/** Fails if an answer or a line of a log tells a secret, or what the service behind it wrote on a page. */
export function expectNoLeak(chain: FaultyChain, answers: readonly Answer[]): void {
  const told = [
    ...answers.map(({ text, headers }) => text + JSON.stringify([...headers])),
    ...chain.logs,
  ].join('\n');
  const secrets = secretsIn(chain);
  expect(secrets.length).toBeGreaterThan(1);
  expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  expect(told).not.toMatch(/Sign in to the network|AADSTS-like-text|<!doctype/);
}

import { type RunningTenant, runTenant } from '@obo/app-registration/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FindingId } from '../src/catalogue.ts';
import { edit, examined, idsOf, withVariable } from './examined.ts';

let running: RunningTenant;
let restore: () => Promise<void>;
beforeAll(async () => {
  running = await runTenant();
  await running.register({ consent: true });
  restore = await running.save();
});
beforeEach(() => restore());
afterAll(() => running[Symbol.asyncDispose]());

const context = (id: string, isAvailable = true) => ({
  id,
  displayName: null,
  description: null,
  isAvailable,
});

interface Row {
  what: string;
  /** The tenant's authentication contexts. */
  contexts: ReturnType<typeof context>[];
  /** Variables of the downstream API. */
  variables?: Record<string, string>;
  found: FindingId[];
  problem?: RegExp;
}
const rows: Row[] = [
  {
    what: 'does not exist',
    contexts: [],
    found: ['authentication_context_missing'],
    problem:
      /^The tenant does not have the authentication context c1, .*\(STEP_UP_CONTEXT\): leave .* cannot be approved/,
  },
  {
    what: 'is not published',
    contexts: [context('c1', false)],
    found: ['authentication_context_not_published'],
    problem: /^The tenant does not publish the authentication context c1/,
  },
  {
    what: 'has another ID than STEP_UP_CONTEXT',
    contexts: [context('c1')],
    variables: { STEP_UP_CONTEXT: 'c7' },
    found: ['authentication_context_missing'],
    problem: /the authentication context c7/,
  },
  {
    what: 'is the one in STEP_UP_CONTEXT',
    contexts: [context('c7')],
    variables: { STEP_UP_CONTEXT: 'c7' },
    found: [],
  },
  {
    what: 'is never demanded',
    contexts: [],
    variables: { STEP_UP_ABOVE_DAYS: '366' },
    found: [],
  },
];

test.each(rows)(
  'an authentication context that $what: $found',
  async ({ contexts, variables = {}, found, problem }) => {
    running.tenant.directory.state.authenticationContexts = contexts;
    for (const [name, value] of Object.entries(variables))
      await edit(running.files.downstreamApi, withVariable(name, value));
    const findings = await examined(running);
    expect(idsOf(findings)).toEqual(found);
    if (problem) expect(findings[0]?.problem).toMatch(problem);
  },
);

import { parseConfiguration } from '@obo/service-defaults/configuration';
import { z } from 'zod';
import type { BenchRow } from './bench-row.ts';
import { bffHopRows } from './bff-hop.ts';
import { cacheBoundRows } from './cache-bounds.ts';
import { coldOverviewRows } from './cold-overviews.ts';
import { decisionRows } from './decisions.ts';
import { keptConnectionRows } from './kept-connections.ts';
import { outgoingCallRows } from './outgoing-calls.ts';
import { renderTable, writePerformancePage } from './performance-page.ts';
import { recordingCostRows } from './recording-cost.ts';
import { spaSizeRows } from './spa-size.ts';
import { telemetryCostRows } from './telemetry-cost.ts';
import { tokenRequestRows } from './token-requests.ts';
import { tokenValidationRows } from './token-validation.ts';
import { warmHitRows } from './warm-hits.ts';
import { warmOverviewRows } from './warm-overviews.ts';

const variables = z.object({
  REDIS_URL: z.url().default('redis://localhost:6379').describe('A Redis server that may be filled'),
  E2E_BROWSER: z.string().optional().describe('Path of a Chromium'),
});

// biome-ignore lint/style/noProcessEnv: the one place where the bench reads it
const { REDIS_URL, E2E_BROWSER } = parseConfiguration(variables, process.env);

/** The parts, in an order in which earlier ones do not disturb those that are measured in this process. */
const sections: Record<string, () => Promise<BenchRow[]>> = {
  'warm-hits': () => warmHitRows(REDIS_URL),
  'token-validation': tokenValidationRows,
  'token-requests': tokenRequestRows,
  'cache-bounds': cacheBoundRows,
  'warm-overviews': warmOverviewRows,
  'cold-overviews': coldOverviewRows,
  decisions: decisionRows,
  'outgoing-calls': outgoingCallRows,
  'kept-connections': keptConnectionRows,
  'spa-size': () => spaSizeRows(E2E_BROWSER),
  'telemetry-cost': telemetryCostRows,
  'recording-cost': recordingCostRows,
  'bff-hop': bffHopRows,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}. There is: ${Object.keys(sections).join(', ')}.\n`);
  process.exit(2);
}

const rows: BenchRow[] = [];
for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  rows.push(...(await measure()));
}
process.stdout.write(`\n${renderTable(rows)}\n`);
// The page holds whole runs only.
if (wanted.length === 0) await writePerformancePage(rows);
const missed = rows.filter(({ isMet }) => isMet === false);
for (const { name } of missed) process.stderr.write(`Missed: ${name}\n`);
process.exitCode = missed.length > 0 ? 1 : 0;

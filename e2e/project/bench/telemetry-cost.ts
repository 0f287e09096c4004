import { createLogger, measureSpan } from '@obo/service-defaults/observability';
import {
  createHealth,
  createService,
  listen,
  route,
  startTelemetry,
  type TelemetryOptions,
} from '@obo/service-defaults/server';
import { startTraceCollector } from '@obo/service-defaults/testing';
import { Router } from 'express';
import { type BenchRow, shownRow, withSpread } from './bench-row.ts';
import { measureCpu } from './cpu-per-request.ts';

const hops = 10;
const requestsARound = 500;
const rounds = 15;

/**
 * Measures the CPU time that metrics and traces add to a request with as many spans as the overview: microseconds, as
 * the median over alternating rounds. The figure includes the collector of the traces, which is in the same process.
 */
export async function telemetryCostRows(): Promise<BenchRow[]> {
  const collector = await startTraceCollector();
  const metrics = { host: 'localhost', port: 0 };
  const traces = { endpoint: collector.endpoint, headers: {}, sampleRatio: 1 };
  const off = await startService({});
  const withMetrics = await startService({ metrics });
  const withTraces = await startService({ traces });
  const notRecorded = await startService({ traces: { ...traces, sampleRatio: 0 } });
  const added = new Map([withMetrics, withTraces, notRecorded].map((service) => [service, [] as number[]]));

  for (let round = -3; round < rounds; round += 1) {
    for (const [service, differences] of added) {
      const cost = await service.round();
      const difference = cost - (await off.round());
      if (round >= 0) differences.push(difference);
    }
  }
  for (const service of [off, ...added.keys()]) await service.close();
  await collector.close();
  const row = (name: string, service: typeof off): BenchRow =>
    shownRow(
      `CPU added to a request of ${hops} spans, ${name}`,
      `${withSpread(added.get(service) ?? [], 0)} µs`,
    );
  return [
    row('with metrics', withMetrics),
    row('with traces', withTraces),
    row('with traces that are not recorded', notRecorded),
  ];
}

async function startService(options: TelemetryOptions) {
  const logger = createLogger('bench', 'silent');
  const telemetry = await startTelemetry('bench', options, logger);
  const routes = Router();
  route(routes, '/', {
    get: async (_request, response) => {
      for (let hop = 0; hop < hops; hop += 1)
        await measureSpan('hop', async (facts) => {
          facts.status = 200;
        });
      response.json({});
    },
  });
  const app = createService({ logger, health: createHealth({}), telemetry, openapi: {}, routes });
  const server = await listen(app, { host: 'localhost', port: 0 });
  const requests = measureCpu(server.url, requestsARound);
  return {
    round: requests.round,
    async close(): Promise<void> {
      requests.close();
      await server.close();
      await telemetry.close();
    },
  };
}

import type { RequestListener } from 'node:http';
import type { Meter } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Logger } from 'pino';
import { observeProcess } from '../observability/process-metrics.ts';
import { listen } from './listen.ts';

export interface MetricsEndpoint {
  meter: Meter;
  url: string;
  close(): Promise<void>;
}

/** The text-based format of "Exposition formats". */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Answers `GET /metrics` on a port of its own, without authentication, so that callers of the API cannot reach it.
 *
 * @throws {PortTaken}
 */
export async function startMetricsEndpoint(
  { host, port }: { host: string; port: number },
  logger: Logger,
): Promise<MetricsEndpoint> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  const provider = new MeterProvider({ readers: [exporter] });
  const meter = provider.getMeter('service');
  const stopObserving = observeProcess(meter);

  const answer: RequestListener = (request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    } else {
      exporter.collect().then(
        ({ resourceMetrics }) =>
          response
            .writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' })
            .end(serializer.serialize(resourceMetrics)),
        () => response.writeHead(500).end(),
      );
    }
  };
  const listening = await listen(answer, { host, port, logger });
  const url = `${listening.url}/metrics`;
  logger.info({ url }, 'metrics');
  return {
    meter,
    url,
    async close() {
      stopObserving();
      await Promise.all([listening.close(), provider.shutdown()]);
    },
  };
}

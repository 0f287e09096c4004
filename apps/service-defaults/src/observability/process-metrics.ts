import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import type { Meter } from '@opentelemetry/api';

/** Milliseconds between the timers whose delay is measured; the measured time includes it. */
const timerInterval = 10;

/**
 * Measures the process, under the names of Prometheus' client libraries ("Writing client libraries", process metrics and
 * runtime metrics), for which dashboards exist. OpenTelemetry's instrumentation has other names, and no CPU or memory of
 * the process.
 *
 * @returns a function that stops measuring.
 */
export function observeProcess(meter: Meter): () => void {
  const gauge = (name: string, description: string, read: () => number): void =>
    meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));

  meter
    .createObservableCounter('process_cpu_seconds_total', { description: 'CPU time used, in seconds' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  const startedAt = performance.timeOrigin / 1000;
  gauge(
    'process_start_time_seconds',
    'When the process started, in seconds since the epoch',
    () => startedAt,
  );
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Used heap', () => process.memoryUsage().heapUsed);
  gauge('nodejs_heap_size_total_bytes', 'Allocated heap', () => process.memoryUsage().heapTotal);
  gauge('nodejs_external_memory_bytes', 'Memory outside the heap', () => process.memoryUsage().external);

  const delay = monitorEventLoopDelay({ resolution: timerInterval });
  delay.enable();
  meter
    .createObservableGauge('nodejs_eventloop_lag_seconds', {
      description: 'Delay of timers since metrics were last read, by quantile',
    })
    .addCallback((result) => {
      for (const quantile of [0.5, 0.9, 0.99])
        result.observe(Math.max(0, delay.percentile(quantile * 100) / 1e9 - timerInterval / 1000), {
          quantile: String(quantile),
        });
      delay.reset();
    });
  let busy = performance.eventLoopUtilization();
  gauge(
    'nodejs_eventloop_utilization_ratio',
    'How busy the event loop was since metrics were last read',
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, busy);
      busy = now;
      return utilization;
    },
  );

  const collections = meter.createHistogram('nodejs_gc_duration_seconds', {
    description: 'Garbage collections',
    advice: { explicitBucketBoundaries: [0.001, 0.01, 0.1, 1] },
  });
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collections.record(duration / 1000);
  });
  observer.observe({ entryTypes: ['gc'] });

  return () => {
    observer.disconnect();
    delay.disable();
  };
}

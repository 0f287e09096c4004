export { errorPages } from './error-pages.ts';
export { createTestLogger, observedEnvironment, observeLog } from './logger.ts';
export { openRawConnection, sendRaw } from './raw-connection.ts';
export { type ReadmeExample, runReadmeExample } from './readme-example.ts';
export { origin, type SampleOptions, type SampleService, startSampleService } from './sample-service.ts';
export { startTcpFaultProxy, type TcpFaultProxy } from './tcp-fault-proxy.ts';
export { type CollectedSpan, startTraceCollector, type TraceCollector } from './trace-collector.ts';

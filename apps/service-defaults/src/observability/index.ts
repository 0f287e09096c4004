export { type CacheReport, reportCache } from './cache-metrics.ts';
export { describeError } from './describe-error.ts';
export { durationBuckets, type Telemetry } from './instruments.ts';
export { createLogger } from './logging.ts';
export {
  currentRequest,
  measureSpan,
  outcomeOf,
  type RequestContext,
  recordCacheHit,
  renderTraceparent,
  requestBudget,
  requestContext,
  type SpanFacts,
  type SpanResult,
} from './request-context.ts';

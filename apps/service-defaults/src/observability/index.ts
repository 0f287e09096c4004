export { type CacheReport, reportCache } from './cache-metrics.ts';
export { describeError } from './describe-error.ts';
export { durationBuckets, type Telemetry } from './instruments.ts';
export { createLogger } from './logging.ts';
export {
  currentRequestContext,
  outsideRequest,
  type RequestContext,
  renderTraceparent,
  requestBudget,
  requestContext,
} from './request-context.ts';
export { measureSpan, outcomeOf, recordCacheHit } from './spans.ts';

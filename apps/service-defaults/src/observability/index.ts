export { type CacheReport, reportCache } from './cache-metrics.ts';
export { describeError } from './describe-error.ts';
export { measureHop, noteHop } from './hops.ts';
export { createRequestInstruments, durationBuckets } from './instruments.ts';
export { createLogger } from './logging.ts';
export { observeRequest } from './observe-request.ts';
export { outcomeOf } from './outcome.ts';
export {
  currentRequestContext,
  outsideRequest,
  type RequestContext,
  requestBudget,
  requestContext,
} from './request-context.ts';
export { renderTraceparent } from './trace-context.ts';
export type { Tracer } from './tracer.ts';

export * from './access-token/authority.ts';
export { bearerChallenge } from './access-token/challenge.ts';
export { AccessToken, type AccessTokenClaims } from './access-token/claims.ts';
export { authorize, readClaims } from './access-token/claims-policy.ts';
export { explainRefusal, type RefusalCode, type RefusalExplanation } from './access-token/explain-refusal.ts';
export {
  type AccessTokenGuard,
  accessTokenOf,
  accessTokenVariables,
  createAccessTokenGuard,
} from './access-token/guard.ts';
export { createPersonalCache, type PersonalCache } from './access-token/personal-cache.ts';
export { TokenRejected } from './access-token/validator.ts';
export * from './configuration.ts';
export { CallFailed, codeOf, type FailureReason, retryAfterSeconds } from './http/call-failed.ts';
export { type Circuit, createCircuit, type DependencyState } from './http/circuit.ts';
export { createHealth, type Health, type ReadinessCheck } from './http/health.ts';
export { createHttpClient, type HttpClient, type HttpClientOptions } from './http/http-client.ts';
export { jsonBody, parseBody } from './http/json-body.ts';
export { type Listening, type ListenOptions, listen, PortTaken } from './http/listen.ts';
export { rateLimitVariables } from './http/rate-limit.ts';
export { createRetries } from './http/retry.ts';
export { route } from './http/route.ts';
export { createService } from './http/service.ts';
export { withinRequest, withinTime } from './http/time-limit.ts';
export { isUnreadable } from './http/undici-adapter.ts';
export { type CacheReport, type EvictionReason, reportCache } from './observability/cache-metrics.ts';
export { reportDependencies } from './observability/dependency-metrics.ts';
export { describeError } from './observability/describe-error.ts';
export { type HopResult, measureHop, noteHop } from './observability/hops.ts';
export { createRequestInstruments, durationBuckets } from './observability/instruments.ts';
export { createLogger } from './observability/logging.ts';
export { type ObservedRequest, observeRequest } from './observability/observe-request.ts';
export { outcomeOf } from './observability/outcome.ts';
export {
  currentRequestContext,
  outsideRequest,
  type RequestContext,
  requestBudget,
  requestContext,
} from './observability/request-context.ts';
export type { TimingSource } from './observability/server-timing.ts';
export {
  type RunningTelemetry,
  startTelemetry,
  type Telemetry,
  type TelemetryOptions,
  telemetryOf,
  telemetryVariables,
  tracesOf,
  traceVariables,
} from './observability/telemetry.ts';
export { renderTraceparent, type TraceContext } from './observability/trace-context.ts';
export type { Span, Tracer } from './observability/tracer.ts';
export { defineProblems, Problem, type ProblemBody, problemBody, problems } from './problems/problem.ts';
export { type RunningService, run } from './run.ts';

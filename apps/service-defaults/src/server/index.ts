export { createHealth, type Health } from './health.ts';
export { jsonBody, parseBody, parseParameter } from './json-body.ts';
export { type Listening, listen } from './listen.ts';
export { createOpenapi } from './openapi.ts';
export { createRateLimit } from './rate-limit.ts';
export { route } from './route.ts';
export { run } from './run.ts';
export { createService } from './service.ts';
export { startTelemetry, type TelemetryOptions } from './telemetry.ts';

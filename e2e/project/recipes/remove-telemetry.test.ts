import { testRemoval } from './removal.ts';

testRemoval('docs/how-to/remove-telemetry.md', {
  mentions:
    '@opentelemetry|OTEL_|METRICS_(PORT|HOST)|(span|request)_duration_seconds|[^n]telemetry|prometheus|v1/traces|otlp|decisions/(021|022|034)|traces\\.(spec|test)',
  projects: ['.', 'apps/spa', 'e2e'],
  tests: [
    'apps/access-token/test/guard.test.ts',
    'apps/middle-tier-api/test/configuration.test.ts',
    'apps/middle-tier-api/test/outgoing-proxy.test.ts',
    'apps/on-behalf-of/test/token-cache.test.ts',
    'apps/service-defaults/test/observability/server-timing.test.ts',
    'apps/service-defaults/test/server/correlation.test.ts',
    'e2e/http/overview.test.ts',
    'e2e/project/docs/docs.test.ts',
    'e2e/project/pages/pages.test.ts',
    'e2e/project/structure.test.ts',
    'infra/local-tenant/test/control-room.test.ts',
  ],
});

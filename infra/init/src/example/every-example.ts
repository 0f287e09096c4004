import type { Changes } from './changes.ts';

/** What only leave needs: paths and patterns of git. */
export const gone: readonly string[] = [
  'apps/downstream-api/src/leave',
  'apps/downstream-api/test/leave',
  'apps/middle-tier-api/src/leave',
  'apps/spa/src/leave',
  'docs/pictures',
  'docs/reference/errors/leave_*',
  'e2e/browser/leave-days.ts',
  'e2e/browser/leave.spec.ts',
  'e2e/http/fuzz-bodies.test.ts',
  'e2e/http/fuzz-decisions*.test.ts',
  'e2e/http/fuzzing/*-bodies.ts',
];

const pictures = [/<picture>\n[\s\S]*?<\/picture>\n\n?/g, ''] as const;

/** What changes the same way, whatever takes the place of leave. */
export const changes: Changes = {
  'CHANGELOG.md': [[/## \[Unreleased\][\s\S]*/, '## [Unreleased]\n']],
  'CONTRIBUTING.md': [
    ['our second API; *leave* is only its domain', 'our second API, called by the middle tier'],
  ],
  'README.md': [pictures],
  'apps/on-behalf-of/README.md': [[/; \[can be removed\]\([^)]*\)/, '']],
  'docs/decisions/022-spans-by-hand.md': [['`GET /api/leave-requests/:id`', '`GET /api/overview`']],
  'docs/explanation/on-behalf-of.md': [pictures],
  'docs/how-to/observe.md': [
    pictures,
    [
      '`graph_manager`, `graph_photo` and `downstream_requests` look',
      '`graph_manager` and `graph_photo` look',
    ],
  ],
  'docs/reference/errors/README.md': [[/^\| \[leave_\w+\].*\n/gm, '']],
  'docs/reference/errors/not_found.md': [[/ A leave request that does not exist has its own code:\n.*/, '']],
  'docs/reference/http-api.md': ['Working days are Monday to Friday'],
  'infra/local-tenant/README.md': [pictures],
  'infra/local-tenant/docs/change-the-local-tenant.md': [pictures],
  'infra/local-tenant/docs/see-what-happens.md': [pictures],
  'infra/app-registration/src/description.ts': [[/the leave application/g, 'the application']],
  'apps/spa/src/how-it-works/waterfall.test.tsx': ["['beside one that failed'"],
  'apps/spa/src/overview/hops.test.ts': [[/(?<=ok · )12\.0 ms/g, '8.0 ms']],
  'apps/spa/src/problems/describe-failure.ts': [['such as `leave`', 'such as `profile`']],
  'apps/spa/src/tracing/trace-call.ts': [['`DELETE /api/leave-requests/:id`', '`GET /api/overview`']],
  'e2e/browser/overview.spec.ts': [
    ['Use the leave application as you', 'Use the application as you'],
    [/( +'Decide on leave requests .*\n)?(?= {2}\]\) \{\n {4}await expect\(page\.getByText\(permission)/, ''],
  ],
  'e2e/http/failures/exchange.test.ts': [
    [
      'expect(chain.proxies.downstream.requests).toHaveLength(2)',
      'expect(chain.proxies.downstream.requests).toHaveLength(1)',
    ],
    [
      'expect(chain.proxies.downstream.requests).toHaveLength(4)',
      'expect(chain.proxies.downstream.requests).toHaveLength(2)',
    ],
  ],
  'e2e/http/failures/recovery.test.ts': [
    [
      'expect(chain.proxies.downstream.requests).toHaveLength(3)',
      'expect(chain.proxies.downstream.requests).toHaveLength(2)',
    ],
  ],
  'e2e/http/fuzzing/targets.ts': [['Fourteen thousand cases in all', 'Thousands of cases']],
  'e2e/http/telemetry.test.ts': [
    ["            tokenOf('downstream_token'),\n", ''],
    ['result="hit"}\': 5', 'result="hit"}\': 4'],
    ['result="miss"}\': 5', 'result="miss"}\': 4'],
    [`coalesced_total{cache="token_cache"}': 3`, `coalesced_total{cache="token_cache"}': 2`],
  ],
};

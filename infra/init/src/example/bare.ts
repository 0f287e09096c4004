import type { Changes } from './changes.ts';

/** What only the example needs: paths and patterns of git. */
export const gone: readonly string[] = [
  'apps/downstream-api/src/database',
  'apps/downstream-api/test/configuration.test.ts',
  'apps/downstream-api/test/database',
  'apps/service-defaults/src/configuration/database-variables.ts',
  'apps/service-defaults/src/database',
  'apps/service-defaults/test/database',
  'apps/service-defaults/testing/databases.ts',
  'docs/decisions/014-postgresql-or-pglite.md',
  'docs/reference/errors/database_unavailable.md',
  'docs/reference/errors/idempotency_key_reused.md',
];

const noMessage = 'You have not requested any leave.';
const message = 'Hello from the downstream API.';

/** Removes the definition of a constant in one line. */
const withoutDatabase = '  const database = await openDatabase({ directory: null }, downstreamLogger);\n';

/** What is left of the files that stay. */
export const changes: Changes = {
  // The downstream API.
  'apps/downstream-api/src/app.ts': [
    [/ {2}\/\*\* Remains the caller's to close\. \*\/\n {2}database: Database;\n/, ''],
    [/ {2}\/\*\* The clock of the leave rules.*\n.*\n/, ''],
    [/^import .*(\/database|leave-repository)\.ts';\n/gm, ''],
    [
      "import { createLeaveRoutes } from './leave/leave-routes.ts';",
      "import { createHelloRoutes } from './hello/hello-routes.ts';",
    ],
    ["import { type Express, Router } from 'express';", "import type { Express } from 'express';"],
    [', in the order a request meets them: validate, decide, store.', '.'],
    [/ {2}database,\n/, ''],
    [/ {2}now = .*\n/, ''],
    ['const { authority, entitlementDays } = configuration', 'const { authority } = configuration'],
    [/ {2}const leave = new[\s\S]*?createLeaveRoutes.*\n/, ''],
    [', database: database.ready', ''],
    ['    routes,\n', '    routes: createHelloRoutes(guard),\n'],
  ],
  'apps/downstream-api/src/main.ts': [
    [/^import \{ openDatabase \}.*\n/m, ''],
    [/ {2}const database = .*\n/, ''],
    ['logger, database', 'logger'],
    ['close: database.close', 'close: async () => {}'],
  ],
  'apps/downstream-api/package.json': [['    "kysely": "catalog:",\n', '']],
  'apps/downstream-api/test/openapi.test.ts': [
    "test('describes the body of a new leave request'",
    [
      "import { type RunningApi, startApi, unusedDatabase } from './support/api.ts';",
      "import { type RunningApi, startApi } from './support/api.ts';",
    ],
    ['startApi(unusedDatabase)', 'startApi()'],
    ["import { describeApi } from '../src/openapi.ts';\n", ''],
    [".replace('{id}', 'x')", ''],
    ['expect(pages.length).toBeGreaterThan(20);', 'expect(pages.length).toBeGreaterThan(15);'],
  ],
  // The middle tier.
  'apps/middle-tier-api/README.md': [
    'leave-routes.ts](src/leave/leave-routes.ts)',
    [/^\| \[leave\.ts\].*$/m, '| [hello.ts](src/hello/hello.ts) | calls the downstream API |'],
  ],
  'apps/middle-tier-api/src/app.ts': [
    [
      /import \{ createDownstreamClient .*\nimport \{ createLeaveRoutes .*\n/,
      "import { createHelloReader } from './hello/hello.ts';\n",
    ],
    [/ {2}const downstreamClient = .*\n/, ''],
    [
      '    leave: downstreamClient.readLeave,',
      '    hello: createHelloReader(downstreamResource, downstream.scopes),',
    ],
    [/ {2}routes\.use\(createLeaveRoutes.*\n/, ''],
  ],
  'apps/middle-tier-api/src/configuration.ts': [
    [/scopes: \{\n\s+read: [\s\S]*?\n {6}\},/, `scopes: [\`\${downstream}/Hello.Read\`],`],
  ],
  'apps/middle-tier-api/src/overview/overview-routes.ts': [
    [
      /^import \{ type Leave, leaveSchema \}.*$/m,
      "import { type Hello, helloSchema } from '../hello/hello.ts';",
    ],
  ],
  'apps/middle-tier-api/test/configuration.test.ts': [
    [/scopes: \{\n\s+read: [\s\S]*?\n {8}\},/, `scopes: [\`api://\${guid}/Hello.Read\`],`],
    [
      `{ downstream: { scopes: { read: [\`api://\${guid}/Leave.Read\`] } } }`,
      `{ downstream: { scopes: [\`api://\${guid}/Hello.Read\`] } }`,
    ],
  ],
  'apps/middle-tier-api/test/http-surface.test.ts': [
    'const leave = JSON.stringify',
    'const json = {',
    "'a body without a token'",
    "])('%s is rejected', async (_title, headers, body, status, code)",
    "test('a problem names the invalid members",
    "test('an ID that is not a UUID",
    [
      `fetch(\`\${server.url}/api/leave-requests\`, { method: 'GET' })`,
      `fetch(\`\${server.url}/api/overview\`, { method: 'POST' })`,
    ],
    ["'OPTIONS, POST'", "'GET, HEAD, OPTIONS'"],
  ],
  'apps/middle-tier-api/test/rate-limits.test.ts': [
    [/\bcancel\b/g, 'read'],
    [
      /fetch\(`\$\{server\.url\}\/api\/leave-requests\/x`, \{ method: 'DELETE', headers \}\)/,
      `fetch(\`\${server.url}/api/overview\`, { headers })`,
    ],
    [
      "    DOWNSTREAM_API_BASE_URL: 'http://localhost:1',",
      "    GRAPH_BASE_URL: 'http://localhost:1',\n    DOWNSTREAM_API_BASE_URL: 'http://localhost:1',",
    ],
    ['400, 429, 400,', '502, 429, 502,'],
    ['[400, 429]', '[502, 429]'],
  ],
  // What services have: no database.
  'apps/service-defaults/README.md': [
    '| [`/database`](src/database)',
    ['; `/testing/databases` creates databases for tests', ''],
  ],
  'apps/service-defaults/package.json': [
    [/ +"\.\/database": .*\n/, ''],
    [/,\n +"\.\/testing\/databases": .*\n/, '\n'],
    [/ +"@electric-sql\/pglite": .*\n/, ''],
    [/ +"kysely": .*\n/, ''],
    [/ +"pg": .*\n/, ''],
    [/,\n +"@types\/pg": .*\n/, '\n'],
  ],
  'apps/service-defaults/src/configuration/index.ts': [[/^export \{ type DatabaseLocation.*\n/m, '']],
  'apps/service-defaults/src/problems/index.ts': [[/ {2}databaseProblems,\n/, '']],
  'apps/service-defaults/src/problems/problem.ts': ['export const databaseProblems'],
  'pnpm-workspace.yaml': [[/ +kysely: .*\n/, '']],
  // The SPA.
  'apps/spa/src/app/signed-in-app.tsx': [
    'const RequestLeavePage',
    [/ +<Route path=\{paths\.requestLeave\}.*\n/, ''],
  ],
  'apps/spa/src/how-it-works/waterfall.tsx': [
    [
      / {2}downstream_balance: .*\n {2}downstream_requests: .*\n/,
      "  downstream_hello: 'Downstream API: your greeting',\n",
    ],
  ],
  'apps/spa/src/how-it-works/waterfall.test.tsx': [
    ['/your leave balance/', '/your greeting/'],
    ['your leave b', 'your greeting'],
    [/downstream_(balance|requests)/g, 'downstream_hello'],
  ],
  'apps/spa/src/overview/chain-strip.tsx': [["'Downstream API': 'leave'", "'Downstream API': 'greeting'"]],
  'apps/spa/src/overview/overview-page.tsx': [
    [/^import \{ LeaveSection \}.*\n/m, "import { HelloSection } from '../hello/hello-section.tsx';\n"],
    [/^import \{ LinkButton \}.*\n/m, ''],
    [/^import \{ paths \}.*\n/m, ''],
    [/<Page\n +title="Overview"\n[\s\S]*?\n {4}>\n/, '<Page title="Overview">\n'],
    ["leave.state === 'ok' ? 'leave'", "hello.state === 'ok' ? 'greeting'"],
  ],
  'apps/spa/src/how-it-works/how-it-works-page.tsx': [
    ["unaffected: 'leave'", "unaffected: 'greeting'"],
    ["data: 'leave'", "data: 'greeting'"],
  ],
  'apps/spa/src/page/paths.ts': [[/ {2}requestLeave: .*\n/, '']],
  'apps/spa/src/problems/describe-failure.test.ts': [
    ["data: 'leave'", "data: 'greeting'"],
    ['to see your leave.', 'to see your greeting.'],
  ],
  'apps/spa/src/sign-in/chain.tsx': [
    ['token C, for leave', 'token C, for the other API'],
    ['leave balance, requests', 'a greeting'],
  ],
  'apps/spa/src/sign-in/landing-page.tsx': [
    [
      /<strong>Your leave<\/strong> .*/,
      '<strong>A greeting</strong> From a downstream API, which knows you from its own token.',
    ],
  ],
  'apps/spa/testing/overview-request.ts': [
    [/^const leaveCalls = .*$/m, 'const helloCall = \'downstream_hello;dur=8;start="30"\';'],
    [/\$\{leaveCalls\}/g, `\${helloCall}`],
    [/downstream_balance/g, 'downstream_hello'],
  ],
  // The chain in tests.
  'e2e/chain/chain.ts': [
    ['  type Database,\n  openDatabase,\n', ''],
    [', real tokens, an empty database. */', ', real tokens. */'],
    ['  database: Database;\n', ''],
    [
      '/** Resets leave and every switch of the tenant: everything except the registrations. */',
      '/** Resets every switch of the tenant: everything except the registrations. */',
    ],
    [withoutDatabase, ''],
    ['      database,\n', ''],
    ['    database,\n', ''],
    [/ +await database\.use\(.*\n/, ''],
    ['await Promise.all([middleTier.close(), database.close()]);', 'await middleTier.close();'],
  ],
  'e2e/chain/tenant-apps.ts': [
    ['createDownstreamApi, openDatabase, readConfiguration', 'createDownstreamApi, readConfiguration'],
    [/on the registered ports and with an\n \* empty database\./, 'on the registered ports.'],
    [withoutDatabase, ''],
    ['    database,\n', ''],
    ['await Promise.all([middleTier.close(), database.close()]);', 'await middleTier.close();'],
  ],
  'e2e/http/fuzzing/targets.ts': [
    ['createDownstreamApi, openDatabase, readConfiguration', 'createDownstreamApi, readConfiguration'],
    [/scope: 'Leave\.Read[^']*'/, "scope: 'Hello.Read'"],
    [/ {2}const database = .*\n/, ''],
    ['{ configuration, logger, database }', '{ configuration, logger }'],
    [
      /close: async \(\) => \{\n\s+await Promise\.all\(\[server\.close\(\), issuer\.close\(\)\]\);\n\s+await database\.close\(\);\n\s+\},/,
      'close: async () => void (await Promise.all([server.close(), issuer.close()])),',
    ],
  ],
  'e2e/http/exchange.test.ts': [
    "test('a revoked session removes every token",
    [
      /const response = await fetch\(`\$\{chain\.middleTierUrl\}\/api\/leave-requests[\s\S]*?\}\);\n\s+expect\(await response\.json\(\)\)\.toMatchObject\(problem\);/,
      'const { body } = await overview(chain, token);\n        expect(body.hello?.problem ?? body).toMatchObject(problem);',
    ],
  ],
  'e2e/http/failures/calls.ts': [
    [', requests: z.array(z.unknown()).optional()', ''],
    ['sections of an overview, a leave request, or a problem', 'sections of an overview, or a problem'],
    ['  id: z.string().optional(),\n', ''],
  ],
  'e2e/http/failures/table.test.ts': ["describe('a leave request'"],
  'e2e/http/failures/recovery.test.ts': ["test('creates no second leave request"],
  'e2e/http/overview.test.ts': [
    'const requestLeave =',
    'const nextYear =',
    'const monday =',
    'const tuesday =',
    [
      /(expect\(body\.)leave(\)\.toMatchObject\(\{\n\s+state: 'ok',\n\s+data: )\{ balance: .*\},\n/,
      '$1hello$2{ userObjectId: user?.id },\n',
    ],
    [/ +expect\(\(await requestLeave\(hers[\s\S]*?\n {4}\);\n/, ''],
    [
      'expect(body.leave.data.requests).toHaveLength(index % 2 === 0 ? 1 : 0);',
      'const user = users.find(({ userPrincipalName }) => userPrincipalName === (index % 2 === 0 ? priya : lukasz));\n      expect(body.hello.data.userObjectId).toBe(user?.id);',
    ],
    [
      "test('preauthorization covers reading leave, but not changing it'",
      "test('preauthorization covers the downstream API'",
    ],
    [
      / +const \{ status, body \} = await requestLeave\(token, \{ startDate: monday, endDate: tuesday \}\);\n[\s\S]*?consent_required' \}\);\n/,
      '',
    ],
    [/\n +const rejected = await requestLeave[\s\S]*?\n {4}\);\n/, ''],
    "describe('requesting leave'",
  ],
  'e2e/http/telemetry.test.ts': [
    [' to the database, and contains nothing secret', ', and contains nothing secret'],
    [
      'goes through middle tier, tenant and downstream API',
      'goes through middle tier, tenant and downstream API',
    ],
    [/ +const leave = \(path: string\).*\n/, ''],
    [
      /\{ 'middle-tier-api: downstream_balance': .*\n.*downstream_requests.*\n/,
      "{ 'middle-tier-api: downstream_hello': ['downstream-api: GET /api/hello'] },\n",
    ],
    [
      "const leaveRequests = spans().filter(({ name }) => name.startsWith('GET /api/leave-'));",
      "const calls = spans().filter(({ name }) => name === 'GET /api/hello');",
    ],
    ['new Set(leaveRequests.map', 'new Set(calls.map'],
    [/ +'obo_span_duration_seconds_count\{span="database".*\n/, ''],
  ],
  'e2e/http/two-instances.test.ts': ["'all forget the tokens and the validated token of a user"],
  'e2e/http/fuzz-authorization.test.ts': [
    [
      /const targets: \[name: string, start[\s\S]*?\n\];/,
      `/** Each API, a route of it, and the answer to a valid token: nothing is behind the middle tier. */
const targets: [name: string, start: () => Promise<Target>, path: string, accepted: number][] = [
  ...validators.map((validator): [string, () => Promise<Target>, string, number] => [
    \`the middle tier with \${validator}\`,
    () => startMiddleTier(validator),
    '/api/overview',
    502,
  ]),
  ['the downstream API', startDownstream, '/api/hello', 200],
];`,
    ],
    [
      "'with any Authorization header, %s', (_name, start) => {",
      "'with any Authorization header, %s', (_name, start, path, accepted) => {",
    ],
    ['  /** Requests a route that answers a valid token with 415, before it reads the body. */\n', ''],
    ['`POST /api/leave-requests HTTP/1.1', `\`GET \${path} HTTP/1.1`],
    ['      expectDocumented(answer);', '      if (answer.status !== accepted) expectDocumented(answer);'],
    ['[400, 401, 415]', '[400, 401, accepted]'],
    ['[401, 403, 415]', '[401, 403, accepted]'],
  ],
  // In a browser.
  'e2e/browser/accessibility.spec.ts': [
    [
      / +await page\.getByRole\('main'\)\.getByRole\('link', \{ name: 'Request leave' \}\)\.click\(\);\n +await expect\(page\.getByRole\('button', \{ name: 'Send request' \}\)\)\.toBeVisible\(\);\n(?: +expect\(await accessibilityViolations\(page\), 'request leave'\).*\n| +await fits\(\);\n)/g,
      '',
    ],
  ],
  'e2e/browser/blocked-site-data.spec.ts': [["'/leave/new'", "'/how-it-works'"]],
  'e2e/browser/challenge.spec.ts': [
    'import { dayOfJune }',
    'async function fillLeaveForm',
    "test('a request for leave that a challenge interrupts",
    "test('a request for leave is kept",
    "test('a cancellation that a challenge interrupts",
  ],
  'e2e/browser/consent.spec.ts': [
    [noMessage, message],
    ["'Leave.ReadWrite', { exact: true }", "'User.ReadBasic.All', { exact: true }"],
    [
      "'Request and cancel your leave', { exact: true }",
      '"Read all users\' basic profiles", { exact: true }',
    ],
  ],
  'e2e/browser/control-room.spec.ts': [['You have not requested', message]],
  'e2e/browser/failure-lab.spec.ts': [[noMessage, message]],
  'e2e/browser/how-it-works.spec.ts': [
    [/^\/\*\* Balance or requests:.*\n/m, ''],
    ["'Downstream API: your leave'", "'Downstream API: your greeting'"],
  ],
  'e2e/browser/journey.spec.ts': [
    [
      'sees profile and leave, requests leave, cancels it, and signs out',
      'sees profile and greeting, and signs out',
    ],
  ],
  'e2e/browser/journey.ts': [
    [/^import \{ randomUUID \}.*\n/m, ''],
    [/^import \{ dayOfJune \}.*\n/m, ''],
    [noMessage, message],
    [/\n {2}const note = [\s\S]*(?= {2}await visitor\.signOut)/, ''],
  ],
  'e2e/browser/overview.spec.ts': [
    [noMessage, message],
    [/ +'Request and cancel your leave',\n/, ''],
    ['trying again brings back the leave', 'trying again brings back the greeting'],
    ["'**/assets/request-leave-page*.js'", "'**/assets/how-it-works-page*.js'"],
    [
      "getByRole('main').getByRole('link', { name: 'Request leave' })",
      "getByRole('link', { name: 'How it works' })",
    ],
    ["{ level: 1, name: 'Request leave' }", "{ level: 1, name: 'How it works' }"],
  ],
  'e2e/browser/sign-in.spec.ts': [
    [/for \(const path of \['\/leave\/new', '\/how-it-works'\]\) \{\n([\s\S]*?)\n\}\n/, '$1\n'],
    [
      `test(\`comes back to \${path} after sign-in, and stays there on reload\``,
      "test('comes back to the page after sign-in, and stays there on reload'",
    ],
    [
      'signIn.complete(priya.mail, path);',
      "const path = '/how-it-works';\n    await signIn.complete(priya.mail, path);",
    ],
    ['await const path', 'const path'],
    [/ +const title = path === .*\n/, "    const title = 'How it works';\n"],
  ],
  'e2e/browser/traces.spec.ts': [
    ['from the browser to the database', 'from the browser to the downstream API'],
    [
      "          'downstream_balance middle-tier-api',\n          'GET /api/leave-balance downstream-api',\n          'database downstream-api',\n",
      "          'downstream_hello middle-tier-api',\n          'GET /api/hello downstream-api',\n",
    ],
    [/ +await expect\(trace\.getByRole\('row', \{ name: 'database' \}\)[\s\S]*?\);\n/, ''],
  ],
  'e2e/browser/tracing.spec.ts': [
    ['from the browser to the database', 'from the browser to the downstream API'],
    ['from the database up to the root', 'from the downstream API up to the root'],
    ["({ name }) => name === 'database'", "({ name }) => name === 'GET /api/hello'"],
    [
      / +'downstream-api: database',\n.*\n.*\n/,
      "        'downstream-api: GET /api/hello',\n        'middle-tier-api: downstream_hello',\n",
    ],
  ],
  // The tools.
  'infra/app-registration/src/description.ts': [
    ['Keeps leave balances and leave requests. Called', 'Greets the user. Called'],
    [
      /value: 'Leave\.Read',\n[\s\S]*?\n {8}\},\n[\s\S]*?(?=\n {6}\],\n)/,
      `value: 'Hello.Read',
          adminConsentDisplayName: 'Read the greeting',
          adminConsentDescription:
            'Allows the app to read the greeting for the signed-in user, on behalf of the user.',
          userConsentDisplayName: 'Read your greeting',
          userConsentDescription: 'Allows the app to read the greeting for you.',
        },`,
    ],
    ["values: ['Leave.Read', 'Leave.ReadWrite']", "values: ['Hello.Read']"],
  ],
  'infra/doctor/test/consent.test.ts': [
    [/ {2}\/\/ Leave\.Read is preauthorized.*\n.*'Leave\.ReadWrite'.*\n/, ''],
    "test('a scope of the consent for all users'",
    [
      "['consent_incomplete', 'consent_incomplete', 'consent_missing']",
      "['consent_incomplete', 'consent_missing']",
    ],
    [/ +\['downstream', 'Leave\.ReadWrite', .*\n/, ''],
  ],
  'infra/doctor/test/drifts.test.ts': [
    ["['scope_differs', 'scope_differs']", "['scope_differs']"],
    "test('a missing scope, with all that refers to it'",
    [/( {4}scopesProperty,\n)\1/, '$1'],
    [/( {4}'requiredResourceAccess',\n)\1/, '$1'],
  ],
  'infra/app-registration/test/admin-consent.test.ts': [['Leave.Read Leave.ReadWrite', 'Hello.Read']],
  'infra/app-registration/test/register.test.ts': ['oauth2PermissionScopes.slice(0, 1)'],
  'infra/local-tenant/src/control-room/browser/traces.js': [
    [', the downstream API and the database.', ' and the downstream API.'],
  ],
  'infra/start/README.md': [['the databases, ', '']],
  'infra/start/test/start-tenant.test.ts': [
    ["LEAVE_ENTITLEMENT_DAYS: 'many'", "RATE_LIMIT_PER_USER: 'many'"],
    ["toContain('LEAVE_ENTITLEMENT_DAYS')", "toContain('RATE_LIMIT_PER_USER')"],
    [
      "toContain('downstream-api could not be started. Its output is above.')",
      'toMatch(/(downstream|middle-tier)-api could not be started\\. Its output is above\\./)',
    ],
  ],
  // The docs.
  'CONTRIBUTING.md': [
    [
      'Tests that need PostgreSQL or Redis are skipped where none answers. `DATABASE_URL` and `REDIS_URL` name them.',
      'Tests that need Redis are skipped where none answers. `REDIS_URL` names it.',
    ],
    ['with PostgreSQL and Redis', 'with Redis'],
  ],
  'README.md': [
    ['leave["Downstream API<br/>leave, PostgreSQL"]', 'downstream["Downstream API<br/>hello"]'],
    [/downstream-api {10}leave: .*/, 'downstream-api          greets the user, with its own validation'],
  ],
  'docs/README.md': ['decisions/014-postgresql-or-pglite.md'],
  'docs/decisions/009-combined-consent-and-pre-authorization.md': [
    [
      /The downstream API pre-authorizes the middle tier for `Leave\.Read`\. For .*/,
      'The downstream API pre-authorizes the middle tier for `Hello.Read`.',
    ],
    [/: the balance can be read without consent, but leave cannot be\n {2}requested\./, '.'],
  ],
  'docs/explanation/failures.md': [
    'PostgreSQL does not respond |',
    [/ If the response to a leave\nrequest is lost[\s\S]*?stored\./, ''],
    ['users cannot see their leave\neither', 'users cannot see the\nother section either'],
  ],
  'docs/explanation/on-behalf-of.md': [['(`Leave.Read`, `Leave.ReadWrite`)', '(`Hello.Read`)']],
  'docs/explanation/security.md': [
    [
      "users' data: profile, leave | Graph, the database, responses of the middle tier",
      "users' data: profile | Graph, responses of the middle tier",
    ],
    [
      '[leave](../../apps/downstream-api/test/leave/leave.test.ts) |\n| An ID',
      '[access](../../apps/downstream-api/test/access.test.ts) |\n| An ID',
    ],
    "An ID of another user's leave request",
    'A body with members that the caller may not set',
    'Overdrawing by requests at the same moment',
    'A crash in the middle of a write',
    [/, \[fuzzing\]\(\.\.\/\.\.\/e2e\/http\/fuzz-bodies\.test\.ts\)/, ''],
    ['    db[(Database)]\n', ''],
    ['  ds --> db\n', ''],
  ],
  'docs/how-to/make-it-yours.md': ['Where does the data live?'],
  'docs/how-to/observe.md': [
    ['downstream_balance\n', 'downstream_hello\n'],
    ['GET /api/leave-balance', 'GET /api/hello'],
    ['downstream-api            database\n', ''],
  ],
  'docs/decisions/034-the-control-room-receives-traces.md': [['API, database. Until', 'API. Until']],
  'docs/how-to/scale-out.md': [
    [', as every one here has', ''],
    [
      / The downstream\nAPI needs its PostgreSQL database \(`DATABASE_URL`\) and nothing else\./,
      ' The downstream\nAPI needs nothing of the kind.',
    ],
  ],
  'docs/how-to/serve-several-tenants.md': [
    [
      'Tenant and object ID identify a user, in the database too. Users',
      'Tenant and object ID identify a user. Users',
    ],
    [', one in each tenant, and each has its own leave data.', ', one in each tenant.'],
  ],
  'docs/how-to/test-against-a-tenant.md': [
    ['see profile and leave, request leave, cancel it, sign out', 'see profile and greeting, sign out'],
    [', with an empty database.', '.'],
  ],
  'docs/how-to/use-external-id.md': [["values: ['Leave.Read', 'Leave.ReadWrite']", "values: ['Hello.Read']"]],
  'docs/reference/configuration.md': [
    'Database of the downstream API (PGlite)',
    'says why there are two databases',
    [', and connections to PostgreSQL and Redis', ', and connections to Redis'],
  ],
  'docs/reference/errors/README.md': ['[database_unavailable]', '[idempotency_key_reused]'],
  ...Object.fromEntries(
    [50013, 500131, 500133, 50027, 50076, 50133, 53003, 7000114, 7000218].map((number) => [
      `docs/reference/errors/AADSTS${number}.md`,
      [['Leave.ReadWrite', 'Hello.Read']] as const,
    ]),
  ),
  'docs/reference/errors/AADSTS65001.md': [
    ['$DOWNSTREAM_API_APP_ID_URI/Leave.ReadWrite', 'https://graph.microsoft.com/User.Read'],
  ],
  'docs/reference/errors/access_blocked.md': [['the leave stays', 'the greeting stays']],
  'docs/reference/errors/body_too_large.md': [
    ['A note contains', 'A member contains'],
    ['to `POST /api/leave-requests` with', 'to a route of yours that accepts a body, with'],
  ],
  'docs/reference/errors/dependency_answer_invalid.md': [
    [
      '[leave.ts](../../../apps/middle-tier-api/src/leave/leave.ts)',
      '[hello.ts](../../../apps/middle-tier-api/src/hello/hello.ts)',
    ],
  ],
  'docs/reference/errors/identity_configuration.md': [
    ['The overview and `POST /api/leave-requests` return this code', 'The overview returns this code'],
  ],
  'docs/reference/errors/insufficient_scope.md': [
    [/`Leave\.Read` or\n {2}`Leave\.ReadWrite`/, '`Hello.Read`'],
  ],
  'docs/reference/errors/invalid_body.md': [
    [
      /- A date is not[\s\S]*?- A note is too long\./,
      '- A member has another type than the schema says.\n- A text is too long.',
    ],
    [
      /to `POST \/api\/leave-requests` with the body\n`\{"startDate":"tomorrow"\}`\./,
      'to a route of yours that accepts a body,\nwithout a member that its schema requires.',
    ],
  ],
  'docs/reference/errors/invalid_parameter.md': [
    [
      /- `Idempotency-Key` is missing[\s\S]*?four digits\./,
      '- An ID in the path has another form than the API gives its IDs.\n- A header or a parameter of the query is missing.',
    ],
    ['to `DELETE /api/leave-requests/1`.', 'to a route of yours that has a parameter, with an invalid\none.'],
    [
      /Send a new UUID as `Idempotency-Key`[\s\S]*$/,
      'Take IDs from the responses. The parameters are at `/openapi.json`.\n',
    ],
  ],
  'docs/reference/errors/malformed_json.md': [
    ['to `POST /api/leave-requests` with', 'to a route of yours that accepts a body, with'],
  ],
  'docs/reference/errors/request_timeout.md': [
    ['Announce a body and send none', 'Announce a body and send none, to a route of yours that accepts one'],
    ['/api/leave-requests', '/api/…'],
  ],
  'docs/reference/errors/unsupported_media_type.md': [
    [/to `POST \/api\/leave-requests` with\n/, 'to a route of yours that accepts a body, with\n'],
  ],
  'docs/reference/http-api.md': [
    ['200 `{ profile, leave }`', '200 `{ profile, hello }`'],
    [/^\| `\w+ \/api\/leave-.*\n/gm, ''],
    [
      '`leave` comes from the downstream API: `balance` and `requests`.',
      '`hello` comes from the downstream API: `message` and `userObjectId`.',
    ],
    ['. `Leave.ReadWrite` includes `Leave.Read`.', '.'],
    [
      '| method and path | scope | response |\n| --- | --- | --- |\n',
      '| method and path | scope | response |\n| --- | --- | --- |\n| `GET /api/hello` | `Hello.Read` | 200 `{ message, userObjectId }` |\n',
    ],
    '| `Idempotency-Key` |',
  ],
  'infra/local-tenant/docs/change-the-local-tenant.md': [
    ['The leave section', 'The hello section'],
    ['For the leave section', 'For the hello section'],
    [/the leave(?=\n| section)/, 'the hello'],
  ],
  // What runs the tests: no PostgreSQL.
  '.ci/run': [
    [
      'where no PostgreSQL or\n# Redis answers at its usual port, this starts one, and installs it',
      'where no Redis\n# answers at its usual port, this starts one, and installs it',
    ],
    [/ +\[ ! -d "\$state\/postgresql" \].*\n/, ''],
    ['set DATABASE_URL or REDIS_URL', 'set REDIS_URL'],
    [/# Runs one of PostgreSQL's programs[\s\S]*?(?=start_redis\(\))/, ''],
    [/if \[ -z "\$\{DATABASE_URL.*\n/, ''],
  ],
  '.github/workflows/test.yml': [
    [/ +postgres:\n[\s\S]*?(?= +redis:)/, ''],
    [/ +DATABASE_URL: .*\n/, ''],
  ],
  '.github/dependabot.yml': [[/ +"(kysely\*|pg|@types\/pg|@electric-sql\/\*)",\n/g, '']],
};

import type { Changes } from './changes.ts';

/** What only leave needs besides what every example removes: paths and patterns of git. */
export const gone: readonly string[] = ['apps/downstream-api/src/database/migrations'];

const noLeave = 'You have not requested any leave.';
const none = 'There are none yet.';

const cancels =
  /fetch\(`\$\{(chain\.middleTierUrl|other\.url)\}\/api\/leave-requests\/\$\{crypto\.randomUUID\(\)\}`, \{\n(\s+)method: 'DELETE',\n\s+headers: \{ authorization: `Bearer \$\{token\}` \},\n/g;
const adds = `fetch(\`\${$1}/api/{{many.name}}\`, {
$2method: 'POST',
$2headers: {
$2  authorization: \`Bearer \${token}\`,
$2  'content-type': 'application/json',
$2  'idempotency-key': crypto.randomUUID(),
$2},
$2body: JSON.stringify({ title: crypto.randomUUID() }),
`;

/** What changes besides in the files that stay. */
export const changes: Changes = {
  // The downstream API.
  'apps/downstream-api/src/app.ts': [
    [/ {2}\/\*\* The clock of the leave rules.*\n.*\n/, ''],
    [
      "import { LeaveRepository } from './leave/leave-repository.ts';",
      "import { {{one.Pascal}}Repository } from './{{many.name}}/{{one.name}}-repository.ts';",
    ],
    [
      "import { createLeaveRoutes } from './leave/leave-routes.ts';",
      "import { create{{one.Pascal}}Routes } from './{{many.name}}/{{one.name}}-routes.ts';",
    ],
    ["import { type Express, Router } from 'express';", "import type { Express } from 'express';"],
    [/ {2}now = .*\n/, ''],
    ['const { authority, entitlementDays } = configuration', 'const { authority } = configuration'],
    [/ {2}const leave = new[\s\S]*?createLeaveRoutes.*\n/, ''],
    [
      '    routes,\n',
      '    routes: create{{one.Pascal}}Routes(guard, new {{one.Pascal}}Repository(database)),\n',
    ],
  ],
  'apps/downstream-api/src/configuration.ts': [
    [/ {4}LEAVE_ENTITLEMENT_DAYS: z[\s\S]*?\n {6}\}\),\n/, ''],
    'entitlementDays: variables',
  ],
  'apps/downstream-api/test/configuration.test.ts': [
    [/ +entitlementDays: 25,\n/, ''],
    [/ +LEAVE_ENTITLEMENT_DAYS: .*\n/, ''],
    [/ +\['LEAVE_ENTITLEMENT_DAYS', .*\n/g, ''],
  ],
  'apps/downstream-api/test/database/failures.test.ts': [
    ['leaveOn', 'titled'],
    ['requestsOf', '{{many.camel}}Of'],
    ["'/api/leave-balance'", "'/api/{{many.name}}'"],
    [/ +await expectUnavailable\(await ada\.cancel.*\n/, ''],
    ['leave_request', '"{{many.snake}}"'],
    ['are not booked later', 'are not stored later'],
  ],
  'apps/downstream-api/test/database/migrations.test.ts': [['2026-11-24-leave', '0001-{{many.name}}']],
  'apps/downstream-api/test/main.test.ts': [
    ['leaveOn', 'titled'],
    ['requestsOf', '{{many.camel}}Of'],
    ['a process that stores leave in $kind', 'a process that stores {{many.words}} in $kind'],
    [/ +if \(response\.status === 422\) continue;.*\n/, ''],
    ['const dates = ', 'const titles = '],
    ['.map(({ startDate }) => startDate)', '.map(({ title }) => title)'],
    ['expect(new Set(dates).size).toBe(dates.length)', 'expect(new Set(titles).size).toBe(titles.length)'],
  ],
  'apps/downstream-api/test/openapi.test.ts': [
    ['describes the body of a new leave request', 'describes the body of a request'],
    ['const { NewLeaveRequest } = describeApi', 'const { New{{one.Pascal}} } = describeApi'],
    [
      /expect\(NewLeaveRequest\)\.toMatchObject\(\{[\s\S]*?\n {4}\}\);/,
      "expect(New{{one.Pascal}}).toMatchObject({\n      type: 'object',\n      required: ['title'],\n      properties: { title: { type: 'string' } },\n    });",
    ],
    [".replace('{id}', 'x')", ''],
  ],
  // The middle tier.
  'apps/middle-tier-api/README.md': [
    [
      /^\| \[leave-routes\.ts\].*$/m,
      '| [{{one.name}}-routes.ts](src/{{many.name}}/{{one.name}}-routes.ts) | adds one |',
    ],
    ['[leave.ts](src/leave/leave.ts)', '[{{many.name}}.ts](src/{{many.name}}/{{many.name}}.ts)'],
  ],
  'apps/middle-tier-api/src/app.ts': [
    ["from './leave/leave.ts'", "from './{{many.name}}/{{many.name}}.ts'"],
    [
      "import { createLeaveRoutes } from './leave/leave-routes.ts'",
      "import { create{{one.Pascal}}Routes } from './{{many.name}}/{{one.name}}-routes.ts'",
    ],
    ['    leave: downstreamClient.readLeave,', '    {{many.camel}}: downstreamClient.read{{many.Pascal}},'],
    ['createLeaveRoutes(', 'create{{one.Pascal}}Routes('],
  ],
  'apps/middle-tier-api/src/overview/overview-routes.ts': [
    [
      /^import \{ type Leave, leaveSchema \}.*$/m,
      "import { type {{many.Pascal}}, {{many.camel}}Schema } from '../{{many.name}}/{{many.name}}.ts';",
    ],
  ],
  'apps/middle-tier-api/test/http-surface.test.ts': [
    [/const leave = JSON\.stringify\(.*\);/, "const body = JSON.stringify({ title: 'A title' });"],
    ['body: leave }', 'body }'],
    [/(?<=[ ,])leave,/g, 'body,'],
    ['{"startDate":\'', '{"title":\''],
    ["{ note: 'x'", "{ title: 'x'"],
    ['\'{"startDate":"2030-01-07"}\'', "'{}'"],
    "'a date that does not exist'",
    ['(_title, headers, body, status, code)', '(_title, headers, sent, status, code)'],
    [
      'headers: { ...headers, authorization: bearer },\n      body,',
      'headers: { ...headers, authorization: bearer },\n      body: sent,',
    ],
    [`body: '{"startDate":"<script>","endDate":7}'`, `body: '{"title":["<script>"]}'`],
    ["errors: [{ member: 'startDate' }, { member: 'endDate' }]", "errors: [{ member: 'title' }]"],
    "test('an ID that is not a UUID",
  ],
  'apps/middle-tier-api/test/rate-limits.test.ts': [
    [/\bcancel\b/g, 'send'],
    [
      /`\$\{server\.url\}\/api\/leave-requests\/x`, \{ method: 'DELETE', headers \}/,
      "`${server.url}/api/{{many.name}}`, { method: 'POST', headers }",
    ],
    [/\b400\b/g, '415'],
  ],
  // The SPA.
  'apps/spa/src/app/signed-in-app.tsx': [
    [
      "const RequestLeavePage = lazy(() => import('../leave/request-leave-page.tsx'))",
      "const New{{one.Pascal}}Page = lazy(() => import('../{{many.name}}/new-{{one.name}}-page.tsx'))",
    ],
    [
      'path={paths.requestLeave} element={<RequestLeavePage />}',
      'path={paths.new{{one.Pascal}}} element={<New{{one.Pascal}}Page />}',
    ],
  ],
  'apps/spa/src/how-it-works/waterfall.tsx': [
    [
      / {2}downstream_balance: .*\n {2}downstream_requests: .*\n/,
      "  downstream_{{many.snake}}: 'Downstream API: your {{many.words}}',\n",
    ],
  ],
  'apps/spa/src/how-it-works/waterfall.test.tsx': [
    ['/your leave balance/', '/your {{many.words}}/'],
    ['your leave b', 'your {{many.words}}'],
    [/downstream_(balance|requests)/g, 'downstream_{{many.snake}}'],
    [/expenses_list/g, 'archive_list'],
    [/expenses list/g, 'archive list'],
  ],
  'apps/spa/src/overview/chain-strip.tsx': [
    ["'Downstream API': 'leave'", "'Downstream API': '{{many.words}}'"],
  ],
  'apps/spa/src/overview/overview-page.tsx': [
    [
      "import { LeaveSection } from '../leave/leave-section.tsx'",
      "import { {{many.Pascal}}Section } from '../{{many.name}}/{{many.name}}-section.tsx'",
    ],
    ['paths.requestLeave', 'paths.new{{one.Pascal}}'],
    ['Request leave', 'New {{one.words}}'],
    ["leave.state === 'ok' ? 'leave'", "{{many.camel}}.state === 'ok' ? '{{many.words}}'"],
  ],
  'apps/spa/src/how-it-works/how-it-works-page.tsx': [
    ["unaffected: 'leave'", "unaffected: '{{many.words}}'"],
    ["data: 'leave'", "data: '{{many.words}}'"],
  ],
  'apps/spa/src/overview/overview.ts': [
    ["from '../leave/leave.ts'", "from '../{{many.name}}/{{many.name}}.ts'"],
  ],
  'apps/spa/src/page/paths.ts': [["requestLeave: '/leave/new'", "new{{one.Pascal}}: '/{{many.name}}/new'"]],
  'apps/spa/src/problems/describe-failure.test.ts': [
    ["data: 'leave'", "data: '{{many.words}}'"],
    ['to see your leave.', 'to see your {{many.words}}.'],
  ],
  'apps/spa/src/sign-in/chain.tsx': [
    ['token C, for leave', 'token C, for {{many.words}}'],
    ['leave balance, requests', '{{many.words}}'],
  ],
  'apps/spa/src/sign-in/challenge.test.ts': [["'cancel-leave'", "'create-{{one.name}}'"]],
  'apps/spa/src/sign-in/interrupted-action.test.tsx': [
    ["'request-leave'", "'create-{{one.name}}'"],
    ["'cancel-leave'", "'another'"],
  ],
  'apps/spa/src/sign-in/resume-sign-in.test.ts': [[/'(cancel|request)-leave'/g, "'create-{{one.name}}'"]],
  'apps/spa/src/sign-in/landing-page.tsx': [
    [
      /<strong>Your leave<\/strong> .*/,
      '<strong>Your {{many.words}}</strong> From a downstream API with its own database.',
    ],
  ],
  'apps/spa/testing/overview-request.ts': [
    [
      /^const leaveCalls = .*$/m,
      'const {{many.camel}}Call = \'downstream_{{many.snake}};dur=8;start="30"\';',
    ],
    [/\$\{leaveCalls\}/g, '${{{many.camel}}Call}'],
    [/downstream_balance/g, 'downstream_{{many.snake}}'],
  ],
  // The chain in tests.
  'e2e/chain/chain.ts': [
    ['Resets leave and every', 'Resets the database and every'],
    ["'leave_request'", "'{{many.snake}}'"],
  ],
  'e2e/http/exchange.test.ts': [
    ['The token for reading leave is cached.', 'The token for reading is cached.'],
    [/const cancelled = /, 'const added = '],
    ['expect(cancelled.status)', 'expect(added.status)'],
    [cancels, adds],
  ],
  'e2e/http/two-instances.test.ts': [
    [cancels, adds],
    [/cancelByOther/g, 'addAtOther'],
    ['expect((await addAtOther()).status).toBe(404)', 'expect((await addAtOther()).status).toBe(201)'],
    ['{ status: 404, isRemembered: true }', '{ status: 201, isRemembered: true }'],
  ],
  'e2e/http/failures/calls.ts': [
    ['requests: z.array', '{{many.camel}}: z.array'],
    ['a leave request, or a problem', 'what was added, or a problem'],
  ],
  'e2e/http/failures/table.test.ts': [
    ["describe('a leave request'", "describe('adding one'"],
    ["['204', faults.answer(204), 204, {}],", "['204', faults.answer(204), 502, invalid],"],
    ['is canceled only if the downstream API says so: %s', 'succeeds only if the downstream API says so: %s'],
    ["method === 'DELETE'", "method === 'POST'"],
    [
      /`\/api\/leave-requests\/\$\{crypto\.randomUUID\(\)\}`, \{\n\s+method: 'DELETE',\n/,
      `'/api/{{many.name}}', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ title: 'A title' }),
`,
    ],
    [
      /expect\(answer\)\.toMatchObject\(\{\n\s+status,\n\s+body: status === 204 .*\n\s+\}\);/,
      "expect(answer).toMatchObject({ status, body: { ...problem, dependency: 'downstream' } });",
    ],
  ],
  'e2e/http/failures/recovery.test.ts': [
    ['creates no second leave request when', 'adds nothing twice when'],
    [/ +const year = new Date\(\)\.getUTCFullYear\(\) \+ 1;\n/, ''],
    [/JSON\.stringify\(\{ startDate: .*\}\)/, "JSON.stringify({ title: 'A title' })"],
    [
      /\n {4}chain\.proxies\.downstream\.fail\(faults\.times\(1, faults\.loseAnswer\), \(\{ method \}\) => method === 'DELETE'\);\n[\s\S]*?toEqual\(\[\]\);\n/,
      '',
    ],
    ['body.leave?.data?.requests).toEqual', 'body.leave?.data?.{{many.camel}}).toEqual'],
  ],
  'e2e/http/overview.test.ts': [
    'const nextYear =',
    'const monday =',
    'const tuesday =',
    [
      'const requestLeave = (token: string, body: object, key',
      'const add = (token: string, title: string, key',
    ],
    ["call(token, '/api/leave-requests', {", "call(token, '/api/{{many.name}}', {"],
    ['body: JSON.stringify(body),', 'body: JSON.stringify({ title }),'],
    [/data: \{ balance: .*\},/, 'data: { {{many.camel}}: [] },'],
    [/requestLeave\(hers, \{ startDate: monday, endDate: tuesday, note: 'hers' \}\)/, "add(hers, 'Hers')"],
    ['body.leave.data.requests', 'body.leave.data.{{many.camel}}'],
    [
      'preauthorization covers reading leave, but not changing it',
      'preauthorization covers reading, but not changing',
    ],
    [/requestLeave\(token, \{ startDate: monday, endDate: tuesday \}\);/g, "add(token, 'A title');"],
    ["describe('requesting leave'", "describe('adding one'"],
    [
      'creates one request for the same idempotency key sent twice',
      'adds one for the same idempotency key sent twice',
    ],
    ['requestLeave(token, { startDate: monday, endDate: tuesday }, key)', "add(token, 'A title', key)"],
    ['requests: [{ id: one?.body.id }]', '{{many.camel}}: [{ id: one?.body.id }]'],
    [
      / {2}test\.each\(\[\n {4}\['in the past'[\s\S]*?\n {2}\);\n/,
      `  test('is rejected with the problem of the downstream API', async () => {
    const token = await chain.accessTokenOf(priya);
    expect((await add(token, 'A title')).status).toBe(201);
    expect(await add(token, 'A title')).toMatchObject({
      status: 409,
      body: { code: '{{one.snake}}_exists' },
    });
  });
`,
    ],
    "test('can be canceled, once or twice",
    ['multifactor authentication for leave', 'multifactor authentication'],
  ],
  'e2e/http/telemetry.test.ts': [
    [/ +const leave = \(path: string\).*\n/, ''],
    [
      /\{ 'middle-tier-api: downstream_balance': .*\n.*downstream_requests.*\n/,
      "{\n              'middle-tier-api: downstream_{{many.snake}}': [\n                { 'downstream-api: GET /api/{{many.name}}': ['downstream-api: database'] },\n              ],\n            },\n",
    ],
    [
      "const leaveRequests = spans().filter(({ name }) => name.startsWith('GET /api/leave-'));",
      "const calls = spans().filter(({ name }) => name === 'GET /api/{{many.name}}');",
    ],
    ['new Set(leaveRequests.map', 'new Set(calls.map'],
    [`{span="database",outcome="ok"}': 4`, `{span="database",outcome="ok"}': 2`],
  ],
  'e2e/http/fuzzing/targets.ts': [
    ['Leave.Read Leave.ReadWrite', '{{many.Pascal}}.Read {{many.Pascal}}.ReadWrite'],
  ],
  // In a browser.
  'e2e/browser/accessibility.spec.ts': [
    ['Request leave', 'New {{one.words}}'],
    ['Send request', 'Add'],
    ["'request leave'", "'new {{one.words}}'"],
  ],
  'e2e/browser/blocked-site-data.spec.ts': [["'/leave/new'", "'/{{many.name}}/new'"]],
  'e2e/browser/challenge.spec.ts': [
    'import { dayOfJune }',
    [/^async function fillLeaveForm[\s\S]*?\n\}\n\n/m, ''],
    ['a request for leave that a challenge interrupts', 'a request that a challenge interrupts'],
    ['a request for leave is kept', 'a request is kept'],
    ["'/leave/new'", "'/{{many.name}}/new'"],
    [/ +await expect\(page\.getByText\('will review it\.'\)\)\.toBeVisible\(\);\n/g, ''],
    [/await fillLeaveForm\(page, ('\w+')\);/g, "await page.getByLabel('Title').fill($1);"],
    ['Send request', 'Add'],
    ['/^Leave requested/', '/^Added/'],
    ['Request leave', 'New {{one.words}}'],
    ["getByLabel('Note')", "getByLabel('Title')"],
    ["'leave_request'", "'{{many.snake}}'"],
    "test('a cancellation that a challenge interrupts",
  ],
  'e2e/browser/consent.spec.ts': [
    [noLeave, none],
    ['Request and cancel your leave', 'Read and add your {{many.words}}'],
  ],
  'e2e/browser/control-room.spec.ts': [['You have not requested', none]],
  'e2e/browser/failure-lab.spec.ts': [[noLeave, none]],
  'e2e/browser/how-it-works.spec.ts': [
    [/^\/\*\* Balance or requests:.*\n/m, ''],
    ["'Downstream API: your leave'", "'Downstream API: your {{many.words}}'"],
  ],
  'e2e/browser/journey.spec.ts': [
    [
      'sees profile and leave, requests leave, cancels it, and signs out',
      'sees profile and {{many.words}}, adds one, and signs out',
    ],
  ],
  'e2e/browser/journey.ts': [
    'import { dayOfJune }',
    [
      / {2}await expect\(leave\.getByText\('You have not requested any leave\.'\)\)\.toBeVisible\(\);\n\n {2}const note = /,
      '\n  const title = ',
    ],
    ['Request leave', 'New {{one.words}}'],
    [/ {2}await page\.getByLabel\('(First|Last) day'\).*\n/g, ''],
    ["getByLabel('Note').fill(note)", "getByLabel('Title').fill(title)"],
    ['hasText: note', 'hasText: title'],
    ['Send request', 'Add'],
    [/\n {2}await item\.getByRole\('button'[\s\S]*?(?= {2}await visitor\.signOut)/, ''],
  ],
  'e2e/browser/overview.spec.ts': [
    [noLeave, none],
    ["'Request and cancel your leave'", "'Read and add your {{many.words}}'"],
    ['trying again brings back the leave', 'trying again brings back the {{many.words}}'],
    ['request-leave-page', 'new-{{one.name}}-page'],
    ['Request leave', 'New {{one.words}}'],
  ],
  'e2e/browser/sign-in.spec.ts': [
    ["'/leave/new'", "'/{{many.name}}/new'"],
    ['Request leave', 'New {{one.words}}'],
  ],
  'e2e/browser/traces.spec.ts': [
    ['downstream_balance', 'downstream_{{many.snake}}'],
    ['part of GET /api/leave-', 'part of GET /api/{{many.name}}'],
  ],
  'e2e/browser/tracing.spec.ts': [
    [/expect\.stringMatching\(\/\^downstream-api: GET .*\),/, "'downstream-api: GET /api/{{many.name}}',"],
    [
      /expect\.stringMatching\(\/\^middle-tier-api: downstream_.*\),/,
      "'middle-tier-api: downstream_{{many.snake}}',",
    ],
  ],
  // The tools.
  'infra/app-registration/src/description.ts': [
    ['Keeps leave balances and leave requests.', 'Stores {{many.words}}.'],
    [
      'read the leave balance and the leave requests of the signed-in user',
      'read the {{many.words}} of the signed-in user',
    ],
    ['read your leave balance and your leave requests', 'read your {{many.words}}'],
    ['Request and cancel leave', 'Read and add {{many.words}}'],
    [
      'read, request and cancel leave of the signed-in user',
      'read and add {{many.words}} of the signed-in user',
    ],
    ['Request and cancel your leave', 'Read and add your {{many.words}}'],
    ['read, request and cancel your leave', 'read and add your {{many.words}}'],
    ["'Read leave'", "'Read {{many.words}}'"],
    ["'Read your leave'", "'Read your {{many.words}}'"],
  ],
  'infra/start/test/start-tenant.test.ts': [
    ["LEAVE_ENTITLEMENT_DAYS: 'many'", "DATABASE_URL: 'nowhere'"],
    ["toContain('LEAVE_ENTITLEMENT_DAYS')", "toContain('DATABASE_URL')"],
  ],
  // The docs.
  'README.md': [
    [
      'leave["Downstream API<br/>leave, PostgreSQL"]',
      'downstream["Downstream API<br/>{{many.words}}, PostgreSQL"]',
    ],
    [/downstream-api {10}leave: .*/, 'downstream-api          {{many.words}}, with its own validation'],
  ],
  'docs/decisions/009-combined-consent-and-pre-authorization.md': [
    [
      /: the balance can be read without consent, but leave cannot be\n {2}requested\./,
      ': {{many.words}} can be read without consent, but not added.',
    ],
  ],
  'docs/decisions/014-postgresql-or-pglite.md': [
    [
      /The downstream API stores balances and requests\. Concurrent requests must not overdraw a balance, so it needs\ntransactions and constraints\./,
      'The downstream API stores {{many.words}}. Its rules must hold for requests at the same moment too, so it needs constraints.',
    ],
    ['What is not about leave is in', 'What is not about {{many.words}} is in'],
    'A booking locks',
    ['it interleaves the messages', 'it mixes the messages'],
  ],
  'docs/explanation/failures.md': [
    [
      /If the response to a leave\nrequest is lost, the request is sent again with its key, and only one leave request is stored\./,
      'If the response\nis lost, the request is sent again with its key, and stored once.',
    ],
    ['users cannot see their leave\neither', 'users cannot see their\n{{many.words}} either'],
  ],
  'docs/explanation/on-behalf-of.md': [
    ['`Leave.Read`, `Leave.ReadWrite`', '`{{many.Pascal}}.Read`, `{{many.Pascal}}.ReadWrite`'],
  ],
  'docs/explanation/security.md': [
    ['profile, leave |', 'profile, {{many.words}} |'],
    [
      '[leave](../../apps/downstream-api/test/leave/leave.test.ts) |\n| An ID',
      '[{{many.words}}](../../apps/downstream-api/test/{{many.name}}/{{many.name}}.test.ts) |\n| An ID',
    ],
    "An ID of another user's leave request",
    ['`days`, `createdAt`', '`id`, `createdAt`'],
    [
      /\| Overdrawing by requests at the same moment \(V2\.3\.4\) \| .*/,
      '| A rule broken by requests at the same moment (V2.3.4) | the table has a constraint for it | [{{many.words}}](../../apps/downstream-api/test/{{many.name}}/{{many.name}}.test.ts) |',
    ],
  ],
  'docs/how-to/observe.md': [
    ['downstream_balance\n', 'downstream_{{many.snake}}\n'],
    ['GET /api/leave-balance', 'GET /api/{{many.name}}'],
  ],
  'docs/how-to/serve-several-tenants.md': [['its own leave data', 'its own {{many.words}}']],
  'docs/how-to/test-against-a-tenant.md': [
    [
      'see profile and leave, request leave, cancel it, sign out',
      'see profile and {{many.words}}, add one, sign out',
    ],
  ],
  'docs/reference/errors/README.md': [
    [
      '| [idempotency_key_reused]',
      '| [{{one.snake}}_exists]({{one.snake}}_exists.md) | 409 | There is already one with this title | the downstream API; the middle tier passes it on |\n| [idempotency_key_reused]',
    ],
  ],
  'docs/reference/errors/access_blocked.md': [['the leave stays', 'the {{many.words}} stay']],
  'docs/reference/errors/body_too_large.md': [['A note contains', 'A title contains']],
  'docs/reference/errors/dependency_answer_invalid.md': [
    [
      '[leave.ts](../../../apps/middle-tier-api/src/leave/leave.ts)',
      '[{{many.name}}.ts](../../../apps/middle-tier-api/src/{{many.name}}/{{many.name}}.ts)',
    ],
  ],
  'docs/reference/errors/idempotency_key_reused.md': [
    ['a request for leave with', 'a request with'],
    [
      /Request leave in the SPA, copy that request from the developer tools as cURL, change a date in it, and send it\./,
      'Add one in the SPA, copy that request from the developer tools as cURL, change the title in it, and send it.',
    ],
    ['for each request for leave.', 'for each request.'],
  ],
  'docs/reference/errors/invalid_body.md': [
    [
      /- A date is not[\s\S]*?- A note is too long\./,
      '- The title is missing, empty or too long.\n- It holds control characters. The downstream API checks that, and the middle tier passes its response on.',
    ],
    [/\n`\{"startDate":"tomorrow"\}`/, '\n`{"title":""}`'],
  ],
  'docs/reference/errors/invalid_parameter.md': [
    [/- The ID of a leave request[\s\S]*?four digits\.\n/, ''],
    ['- `Idempotency-Key` is missing', '`Idempotency-Key` is missing'],
    ['to `DELETE /api/leave-requests/1`.', 'to `POST /api/{{many.name}}` without\n`Idempotency-Key`.'],
    [
      /for each request for leave, and the same one when you repeat it\. Take IDs from the\nresponses\./,
      'for each request, and the same one when you repeat it.',
    ],
  ],
  'docs/reference/http-api.md': [
    ['200 `{ profile, leave }`', '200 `{ profile, {{many.camel}} }`'],
    [
      /^\| `POST \/api\/leave-requests` \| 201, .*$/m,
      '| `POST /api/{{many.name}}` | 201, what was added. Send `{ title }`, and a UUID in the header `Idempotency-Key`. |',
    ],
    [/^\| `DELETE \/api\/leave-requests\/\{id\}` \|.*\n/gm, ''],
    [
      '`leave` comes from the downstream API: `balance` and `requests`.',
      '`{{many.camel}}` comes from the downstream API.',
    ],
    [/^\| `GET \/api\/leave-balance.*\n/m, ''],
    [
      /^\| `GET \/api\/leave-requests` .*$/m,
      '| `GET /api/{{many.name}}` | `{{many.Pascal}}.Read` | 200 `{ {{many.camel}} }`, the oldest first |',
    ],
    [
      /^\| `POST \/api\/leave-requests` \| `Leave.*$/m,
      '| `POST /api/{{many.name}}` | `{{many.Pascal}}.ReadWrite` | 201, what was added. Send the same as to the middle tier. |',
    ],
    ['books nothing', 'adds nothing'],
  ],
};

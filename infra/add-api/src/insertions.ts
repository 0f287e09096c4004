/** Text to insert into a file that exists. `{{form}}` stands for a form of the API's name. */
export interface Insertion {
  file: string;
  /** Where: at the start of the file, or beside a text that it has once. */
  at: 'start' | { before: string } | { after: string };
  text: string;
}

const middleTier = 'apps/middle-tier-api/src';
const registration = 'infra/app-registration/src';
const chain = 'e2e/chain/chain.ts';

/** What the new API changes in existing files. Imports are sorted and lines are broken afterwards. */
export const insertions: readonly Insertion[] = [
  // Its place in the list, from which its files, port, process and checks follow.
  {
    file: `${registration}/apps.ts`,
    at: { before: '] as const satisfies readonly App[];' },
    text: `  {
    key: '{{camel}}Api',
    name: '{{name}}-api',
    title: '{{words}} API',
    port: {{port}},
    urlVariable: '{{CONSTANT}}_BASE_URL',
  },
`,
  },
  // Its registration.
  {
    file: `${registration}/description.ts`,
    at: { before: "    {\n      key: 'middleTierApi'," },
    text: `    {
      key: '{{camel}}Api',
      uniqueName: \`\${namePrefix}-{{name}}-api\`,
      displayName: '{{Words}} API',
      description: 'Called by the middle tier on behalf of a user.',
      signInAudience,
      spaRedirectUris: [],
      webRedirectUris: [],
      publicClientRedirectUris: [],
      moreIdentifierUris: [],
      exposedScopes: [
        {
          id: '{{scopeId}}',
          value: '{{Pascal}}.Read',
          adminConsentDisplayName: 'Read {{words}}',
          adminConsentDescription: 'Allows the app to read the {{words}} of the signed-in user, on behalf of the user.',
          userConsentDisplayName: 'Read your {{words}}',
          userConsentDescription: 'Allows the app to read your {{words}}.',
        },
      ],
      accessTokenClaims,
      requiredScopes: [],
      knownClients: [],
      preAuthorizedClients: [{ client: 'middleTierApi', values: ['{{Pascal}}.Read'] }],
      needsCredential: false,
    },
`,
  },
  // Its variables, and those of the middle tier.
  {
    file: `${registration}/environment/environment.ts`,
    at: { before: "    },\n    downstreamApi: apiBehind('downstreamApi')," },
    text: `      {{CONSTANT}}_BASE_URL: urls.{{camel}}Api,
      {{CONSTANT}}_SCOPES: \`api://\${appIds.{{camel}}Api}/{{Pascal}}.Read\`,
`,
  },
  {
    file: `${registration}/environment/environment.ts`,
    at: { after: "    downstreamApi: apiBehind('downstreamApi'),\n" },
    text: "    {{camel}}Api: apiBehind('{{camel}}Api'),\n",
  },
  // The resource of the middle tier, and the section of its overview.
  {
    file: `${middleTier}/configuration.ts`,
    at: 'start',
    text: "import { {{camel}}OptionsOf, {{camel}}ScopesRequired, {{camel}}Variables } from './{{name}}/{{name}}.ts';\n",
  },
  {
    file: `${middleTier}/configuration.ts`,
    at: { before: '    ...serviceVariables,\n' },
    text: '    ...{{camel}}Variables,\n',
  },
  {
    file: `${middleTier}/configuration.ts`,
    at: { after: '.refine(...authorityOfTenant)' },
    text: '\n  .refine(...{{camel}}ScopesRequired)',
  },
  {
    file: `${middleTier}/configuration.ts`,
    at: { before: '    graph: { baseUrl: ' },
    text: '    {{camel}}: {{camel}}OptionsOf(variables),\n',
  },
  {
    file: `${middleTier}/app.ts`,
    at: 'start',
    text: "import { read{{Pascal}}From } from './{{name}}/{{name}}.ts';\n",
  },
  {
    file: `${middleTier}/app.ts`,
    at: { before: '  const sections = {\n' },
    text: '  const { {{camel}}: {{camel}}Api } = configuration;\n',
  },
  {
    file: `${middleTier}/app.ts`,
    at: { before: '  };\n  const routes = Router();' },
    text: `    ...({{camel}}Api && {
      {{camel}}: read{{Pascal}}From(onBehalfOf.resource('{{snake}}', {{camel}}Api.baseUrl), {{camel}}Api.scopes),
    }),
`,
  },
  {
    file: `${middleTier}/overview/overview-routes.ts`,
    at: 'start',
    text: "import { type {{Pascal}}Data, {{camel}}DataSchema } from '../{{name}}/{{name}}.ts';\n",
  },
  {
    file: `${middleTier}/overview/overview-routes.ts`,
    at: { before: '});\n\nexport const overviewProblems' },
    text: '  {{camel}}: sectionSchema({{camel}}DataSchema).optional(),\n',
  },
  {
    file: `${middleTier}/overview/overview-routes.ts`,
    at: { before: '};\n\n/**\n * Creates `GET /api/overview`' },
    text: '  {{camel}}?: Source<{{Pascal}}Data>;\n',
  },
  // The card in the SPA.
  {
    file: 'apps/spa/src/overview/overview.ts',
    at: 'start',
    text: "import { {{camel}}DataSchema } from '../{{name}}/{{name}}.ts';\n",
  },
  {
    file: 'apps/spa/src/overview/overview.ts',
    at: { before: '});\n\nexport type Overview =' },
    text: `  /** From the {{words}} API, if the middle tier is configured with one. */
  {{camel}}: z.optional(
    z.union([z.object({ state: z.literal('ok'), data: {{camel}}DataSchema }), failedSectionSchema]),
  ),
`,
  },
  {
    file: 'apps/spa/src/overview/overview-page.tsx',
    at: 'start',
    text: "import { {{Pascal}}Section } from '../{{name}}/{{name}}-section.tsx';\n",
  },
  {
    file: 'apps/spa/src/overview/overview-page.tsx',
    at: { before: '        </div>\n      )}\n    </Page>' },
    text: `          {data?.overview.{{camel}} && <{{Pascal}}Section section={data.overview.{{camel}}} {...retry} />}
`,
  },
  // Its place in the chain of the tests: it runs for those that ask for it.
  {
    file: 'e2e/package.json',
    at: { before: '    "@obo/service-defaults"' },
    text: '    "@obo/{{name}}-api": "workspace:*",\n',
  },
  {
    file: chain,
    at: 'start',
    text: "import { create{{Pascal}}Api, readConfiguration as read{{Pascal}}Configuration } from '@obo/{{name}}-api';\n",
  },
  {
    file: chain,
    at: { before: ' * @param failureTimes Timeouts' },
    text: ' * @param {{camel}}Api Whether the {{words}} API runs, and the overview has a section from it.\n',
  },
  {
    file: chain,
    at: { before: '  failureTimes,\n  registerApps = register,' },
    text: '  {{camel}}Api = false,\n',
  },
  {
    file: chain,
    at: { before: '  failureTimes?: FailureTimes;\n  registerApps?' },
    text: '  {{camel}}Api?: boolean;\n',
  },
  {
    file: chain,
    at: { before: '  const logs: string[] = [];' },
    text: '  const {{camel}}ApiServer = await listenLate();\n',
  },
  {
    file: chain,
    at: { after: 'downstreamApi: downstreamServer.url' },
    text: ', {{camel}}Api: {{camel}}ApiServer.url',
  },
  {
    file: chain,
    at: { before: '  const redirection = await redirect({' },
    text: `  const running{{Pascal}}Api = create{{Pascal}}Api({
    configuration: read{{Pascal}}Configuration({ ...environments.{{camel}}Api, ...environment }),
    logger: createTestLogger('{{name}}-api', logs),
  });
  {{camel}}ApiServer.serve(running{{Pascal}}Api.app);

`,
  },
  {
    file: chain,
    at: { after: '    ...environments.middleTierApi,\n' },
    text: "    ...(!{{camel}}Api && { {{CONSTANT}}_BASE_URL: '', {{CONSTANT}}_SCOPES: '' }),\n",
  },
  {
    file: chain,
    at: { after: 'downstreamServer.close(),' },
    text: ' {{camel}}ApiServer.close(),',
  },
  // Its files and sections that come from code.
  {
    file: 'e2e/project/pages/pages.ts',
    at: 'start',
    text: "import { variablesSchema as {{camel}}Api } from '@obo/{{name}}-api';\n",
  },
  {
    file: 'e2e/project/pages/pages.ts',
    at: { before: "  'apps/spa/.env.example':" },
    text: "  'apps/{{name}}-api/.env.example': () => environmentExample({{camel}}Api, introduction),\n",
  },
  {
    file: 'docs/how-to/register-in-the-portal.md',
    at: { before: '## 3. ' },
    text: `## {{Words}} API

<!-- begin {{Words}} API -->

<!-- end -->

`,
  },
];

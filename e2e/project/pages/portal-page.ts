import {
  type AppDescription,
  type AppKey,
  clouds,
  defaultUrls,
  describeApps,
  type Environment,
  environmentDirectory,
  environmentFilesIn,
  environments,
  findApp,
  renderLines,
  secretVariables,
  type Urls,
} from '@obo/app-registration';
import { forEachApp, requiredApps } from '@obo/app-registration/apps';
import { ownTag, stepUpContext } from '@obo/app-registration/tenant';
import { code, table } from './markdown.ts';
import { clientIdOf, newRegistration, type Screen, screensOf } from './portal-screens.ts';

/** Where `start --bff` serves it by default. */
const bffUrl = 'http://localhost:3100';

/** Renders the blocks of "How to register in the portal" that follow from the description, by marker name. */
export function portalPage(): Readonly<Record<string, string>> {
  const apps = describeApps({ spaUrls: [defaultUrls.spa], middleTierUrl: defaultUrls.middleTierApi });
  return {
    'new registrations': newRegistrations(apps),
    ...Object.fromEntries(apps.map((app) => [app.displayName, screens(screensOf(app, apps))])),
    'authentication context': table(
      ['field', 'value'],
      [
        ['Name', code('Second factor')],
        ['Description', code('Requires a second factor')],
        ['Publish to apps', code('Selected')],
        ['ID', code(stepUpContext)],
      ],
    ),
    'environment files': environmentFiles(apps),
    adoption: adoption(apps),
    ...backendForFrontend(
      describeApps({ spaUrls: [defaultUrls.spa], middleTierUrl: defaultUrls.middleTierApi, bffUrl }),
    ),
  };
}

function newRegistrations(apps: readonly AppDescription[]): string {
  const all = apps.map(newRegistration);
  return table(
    all[0]?.map(([field]) => field) ?? [],
    all.map((fields) => fields.map(([, value]) => code(value))),
  );
}

const screens = (all: readonly Screen[]): string =>
  all
    .map(({ path, fields }) => {
      const rows = fields.map(([name, value]) => [name, code(value)]);
      return `**${path}**\n\n${table(['field', 'value'], rows)}`;
    })
    .join('\n\n');

/** Returns the files that `start --tenant` reads, with placeholders. */
function environmentsWith(apps: readonly AppDescription[], urls: Urls) {
  const tenantId = '<Directory (tenant) ID>';
  const secret = secretVariables({
    secretText: '<Value of the client secret>',
    keyId: '<Secret ID of the client secret>',
  });
  return environments({
    tenantId,
    appIds: forEachApp(({ key }) => {
      const app = apps.find((candidate) => candidate.key === key);
      return app ? clientIdOf(app) : '';
    }),
    credentials: { middleTierApi: secret, bff: secret },
    authority: `${clouds.global.authorityUrl}/${tenantId}`,
    graphBaseUrl: `${clouds.global.graphUrl}/v1.0`,
    urls,
  });
}

function environmentFiles(apps: readonly AppDescription[]): string {
  const all = environmentsWith(apps, defaultUrls);
  return requiredApps.map(({ key }) => environmentFile(key, all[key])).join('\n\n');
}

const environmentFile = (key: AppKey, environment: Environment): string =>
  [
    `\`${environmentFilesIn(environmentDirectory('real'))[key]}\`:`,
    '',
    '```sh',
    ...renderLines(environment),
    '```',
  ].join('\n');

/** Renders what the backend for frontend adds: its registration and file, and what changes for the middle tier. */
function backendForFrontend(apps: readonly AppDescription[]): Readonly<Record<string, string>> {
  const app = findApp(apps, 'bff');
  const clients = findApp(apps, 'middleTierApi').knownClients.map((key) => clientIdOf(findApp(apps, key)));
  const all = environmentsWith(apps, { ...defaultUrls, bff: bffUrl });
  const { ALLOWED_CLIENT_IDS = '', ALLOWED_ORIGINS = '' } = all.middleTierApi;
  return {
    [app.displayName]: [
      screens([
        { path: 'App registrations > New registration', fields: newRegistration(app) },
        ...screensOf(app, apps),
      ]),
      environmentFile('bff', all.bff),
    ].join('\n\n'),
    'changes for the backend for frontend': [
      screens([{ path: 'Manifest', fields: [['api.knownClientApplications', JSON.stringify(clients)]] }]),
      table(
        ['variable', 'value'],
        Object.entries({ ALLOWED_CLIENT_IDS, ALLOWED_ORIGINS }).map(([name, value]) => [
          code(name),
          code(value),
        ]),
      ),
    ].join('\n\n'),
  };
}

/** Renders the requests after which `register` manages apps that were created by hand. */
function adoption(apps: readonly AppDescription[]): string {
  return table(
    ['app', 'body'],
    apps.map(({ displayName, uniqueName }) => [
      displayName,
      code(JSON.stringify({ uniqueName, tags: [ownTag] })),
    ]),
  );
}

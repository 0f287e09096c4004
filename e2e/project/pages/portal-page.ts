import {
  type AppDescription,
  clouds,
  defaultUrls,
  describeApps,
  environmentDirectory,
  environmentFilesIn,
  environments,
  findApp,
  renderLines,
  secretVariables,
} from '@obo/app-registration';
import { apps as appsOnThisMachine, forEachApp } from '@obo/app-registration/apps';
import { ownTag, stepUpContext } from '@obo/app-registration/tenant';
import { code, table } from './markdown.ts';
import { clientIdOf, newRegistration, type Screen, screensOf } from './portal-screens.ts';

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

/** Renders the files that `start --tenant` reads, with placeholders. */
function environmentFiles(apps: readonly AppDescription[]): string {
  const tenantId = '<Directory (tenant) ID>';
  const all = environments({
    tenantId,
    appIds: forEachApp(({ key }) => clientIdOf(findApp(apps, key))),
    credentials: {
      middleTierApi: secretVariables({
        secretText: '<Value of the client secret>',
        keyId: '<Secret ID of the client secret>',
      }),
    },
    authority: `${clouds.global.authorityUrl}/${tenantId}`,
    graphBaseUrl: `${clouds.global.graphUrl}/v1.0`,
    urls: defaultUrls,
  });
  const files = environmentFilesIn(environmentDirectory('real'));
  return appsOnThisMachine
    .map(({ key }) => [`\`${files[key]}\`:`, '', '```sh', ...renderLines(all[key]), '```'].join('\n'))
    .join('\n\n');
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

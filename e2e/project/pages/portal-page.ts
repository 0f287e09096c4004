import {
  type AppDescription,
  appKeys,
  clouds,
  describeApps,
  environmentDirectory,
  environmentFilesIn,
  environments,
  linesOf,
  secretVariables,
  usualUrls,
} from '@obo/app-registration';
import { named, ownTag } from '@obo/app-registration/tenant';
import { code, table } from './markdown.ts';
import { clientIdOf, newRegistration, type Screen, screensOf } from './portal-screens.ts';

/**
 * The parts of the page "How to register in the portal" that follow from the description, by the names of their markers.
 * A pure function.
 */
export function portalPage(): Readonly<Record<string, string>> {
  const apps = describeApps({ spaUrls: [usualUrls.spa] });
  return {
    'new registrations': newRegistrations(apps),
    ...Object.fromEntries(apps.map((app) => [app.displayName, screens(screensOf(app, apps))])),
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

/** The files that `start --tenant` reads, with what is to be filled in. */
function environmentFiles(apps: readonly AppDescription[]): string {
  const tenantId = '<Directory (tenant) ID>';
  const all = environments({
    tenantId,
    appIds: {
      spa: clientIdOf(named(apps, 'spa')),
      middleTierApi: clientIdOf(named(apps, 'middleTierApi')),
      downstreamApi: clientIdOf(named(apps, 'downstreamApi')),
    },
    credential: secretVariables({
      secretText: '<Value of the client secret>',
      keyId: '<Secret ID of the client secret>',
    }),
    authority: `${clouds.global.authorityUrl}/${tenantId}`,
    graphBaseUrl: `${clouds.global.graphUrl}/v1.0`,
    urls: usualUrls,
  });
  const files = environmentFilesIn(environmentDirectory('real'));
  return appKeys
    .map((key) => [`\`${files[key]}\`:`, '', '```sh', ...linesOf(all[key]), '```'].join('\n'))
    .join('\n\n');
}

/** What makes an app that was made by hand one that `register` looks after. */
function adoption(apps: readonly AppDescription[]): string {
  return table(
    ['app', 'body'],
    apps.map(({ displayName, uniqueName }) => [
      displayName,
      code(JSON.stringify({ uniqueName, tags: [ownTag] })),
    ]),
  );
}

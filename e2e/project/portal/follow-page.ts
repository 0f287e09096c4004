import { parseEnv } from 'node:util';
import type { AppKey, Environment } from '@obo/app-registration';
import { forEachApp } from '@obo/app-registration/apps';
import type { Application, Portal } from './portal.ts';
import type { Page } from './read-page.ts';

/** The result of following the page. */
export interface Followed {
  applications: readonly Application[];
  /** Content of each environment file, by its path. */
  files: Readonly<Record<string, string>>;
  environments: Readonly<Record<AppKey, Environment>>;
}

/**
 * Follows the page from top to bottom, with only the information that the page and the portal show. Stops before the last
 * step, which lets `register` manage the apps.
 *
 * @throws {Error} if the portal has no such screen, or the page never says what a placeholder stands for.
 */
export async function followPage(page: Page, portal: Portal, tenantId: string): Promise<Followed> {
  const noted = new Map([['<Directory (tenant) ID>', tenantId]]);
  const fillIn = (text: string) => {
    const filled = [...noted].reduce((before, [name, value]) => before.replaceAll(name, value), text);
    const [unknown] = /<[^>\n]+>/.exec(filled) ?? [];
    if (unknown !== undefined) throw new Error(`Unknown value: ${unknown}`);
    return filled;
  };

  const applications: Application[] = [];
  for (const fields of page.newRegistrations) {
    const application = await portal.newRegistration(fields);
    noted.set(`<client ID of ${application.displayName}>`, application.appId);
    applications.push(application);
  }
  for (const [app, screens] of page.screens) {
    for (const { path, fields } of screens) {
      const shown = await portal.enter(app, {
        path,
        fields: fields.map(([name, value]) => [name, fillIn(value)] as const),
      });
      if (!shown) continue;
      noted.set('<Value of the client secret>', shown.secretText);
      noted.set('<Secret ID of the client secret>', shown.keyId);
    }
  }
  const files = Object.fromEntries(Object.entries(page.files).map(([path, text]) => [path, fillIn(text)]));
  const environment = (file: string): Environment =>
    Object.fromEntries(
      Object.entries(parseEnv(files[`.data/tenant/${file}.env`] ?? '')).map(([name, value]) => [
        name,
        value ?? '',
      ]),
    );
  return {
    applications,
    files,
    environments: forEachApp(({ name }) => environment(name)),
  };
}

import { parseEnv } from 'node:util';
import type { AppKey, Environment } from '@obo/app-registration';
import { forEachApp } from '@obo/app-registration/apps';
import type { Application, Portal } from './portal.ts';
import type { Page, Screen } from './read-page.ts';

/** The result of following the page. */
export interface Followed {
  applications: readonly Application[];
  /** Content of each environment file, by its path. */
  files: Readonly<Record<string, string>>;
  environments: Readonly<Record<AppKey, Environment>>;
  /** Follows the last step, which adds the backend for frontend. Returns it, and the content of its file. */
  addBff(): Promise<{ application: Application; file: string }>;
}

const bffFile = '.data/tenant/bff.env';

/**
 * Follows the page from top to bottom, with only the information that the page and the portal show. Stops before
 * `register` manages the apps.
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

  const register = async (fields: Readonly<Record<string, string>>) => {
    const application = await portal.newRegistration(fields);
    noted.set(`<client ID of ${application.displayName}>`, application.appId);
    return application;
  };
  const enterAll = async (app: string, screens: readonly Screen[]) => {
    for (const { path, fields } of screens) {
      const shown = await portal.enter(app, {
        path,
        fields: fields.map(([name, value]) => [name, fillIn(value)] as const),
      });
      if (!shown) continue;
      noted.set('<Value of the client secret>', shown.secretText);
      noted.set('<Secret ID of the client secret>', shown.keyId);
    }
  };

  const applications: Application[] = [];
  for (const fields of page.newRegistrations) applications.push(await register(fields));
  for (const [app, screens] of page.screens) await enterAll(app, screens);
  const { [bffFile]: bffText = '', ...others } = page.files;
  const files = Object.fromEntries(Object.entries(others).map(([path, text]) => [path, fillIn(text)]));
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
    async addBff() {
      const [creation, ...screens] = page.bff.screens;
      const application = await register(Object.fromEntries(creation?.fields ?? []));
      await enterAll(application.displayName, screens);
      await enterAll('Leave (middle-tier API)', page.bff.changes);
      return { application, file: fillIn(bffText) };
    },
  };
}

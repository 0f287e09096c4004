import { variablesSchema as bff } from '@obo/bff';
import { variablesSchema as cli } from '@obo/cli';
import { variablesSchema as downstreamApi } from '@obo/downstream-api';
import { variablesSchema as middleTierApi } from '@obo/middle-tier-api';
import { variablesSchema as spa } from '@obo/spa/configuration';
import { cloudPage } from './cloud-page.ts';
import { configurationPage } from './configuration-page.ts';
import { environmentExample } from './environment-example.ts';
import { fillIn } from './fill-in.ts';
import { onBehalfOfPage } from './on-behalf-of-page.ts';
import { portalPage } from './portal-page.ts';

const introduction =
  'Copy to .env, or let `register` write it. This file comes from the schema of the variables: to change it, change that and run npx -y pnpm@12 run doc-tables.';
const introductionForSpa = `${introduction} \`vite\` and \`vite preview\` serve the variables as /configuration.json; \`vite build\` needs none of them. Everything here is public: it is sent to every browser.`;

/** Files that are generated from code, in whole or in part: by path, a function from the current text to the new one. */
export const files: Readonly<Record<string, (current: string) => string>> = {
  'apps/bff/.env.example': () => environmentExample(bff, introduction),
  'apps/cli/.env.example': () => environmentExample(cli, introduction),
  'apps/downstream-api/.env.example': () => environmentExample(downstreamApi, introduction),
  'apps/middle-tier-api/.env.example': () => environmentExample(middleTierApi, introduction),
  'apps/spa/.env.example': () => environmentExample(spa, introductionForSpa),
  'docs/explanation/on-behalf-of.md': (page) => fillIn(page, onBehalfOfPage()),
  'docs/how-to/register-in-the-portal.md': (page) => fillIn(page, portalPage()),
  'docs/how-to/use-another-cloud.md': (page) => fillIn(page, cloudPage()),
  'docs/reference/configuration.md': (page) => fillIn(page, configurationPage()),
};

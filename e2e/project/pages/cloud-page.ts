import { clouds } from '@obo/app-registration';
import { code, table } from './markdown.ts';

/** Renders the blocks of "How to use another cloud" that follow from {@link clouds}, by marker name. */
export const cloudPage = (): Readonly<Record<string, string>> => ({
  clouds: table(
    ['`--cloud`', 'sign-in', 'Microsoft Graph', '`TOKEN_EXCHANGE_AUDIENCE`', 'portal'],
    Object.entries(clouds).map(([name, cloud]) => [
      code(name),
      code(cloud.authorityUrl),
      code(cloud.graphUrl),
      code(cloud.tokenExchangeAudience),
      code(cloud.portalUrl),
    ]),
  ),
});

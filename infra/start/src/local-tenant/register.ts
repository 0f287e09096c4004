import { resolve } from 'node:path';
import { styleText } from 'node:util';
import {
  certificateFileIn,
  describeChanges,
  type Environment,
  environmentFilesIn,
  readEnvironment,
  register,
} from '@obo/app-registration';
import { accessLocalTenant } from '@obo/app-registration/local-tenant';
import { password, users } from '@obo/local-tenant';
import type { Configuration } from '../configuration.ts';
import { print } from '../print.ts';

/**
 * Registers the apps in the local tenant. The middle-tier API keeps a certificate that `register` created, otherwise
 * it gets a client secret.
 *
 * @returns The environment of each app.
 */
export async function registerInLocalTenant(
  tenantUrl: string,
  { urls, bffUrl, dataDirectory }: Pick<Configuration, 'urls' | 'bffUrl' | 'dataDirectory'>,
) {
  print('app-registration: comparing the tenant with the description …');
  const environmentDirectory = `${dataDirectory}/env`;
  const files = environmentFilesIn(environmentDirectory);
  const { CLIENT_CERTIFICATE_FILE } = await readEnvironment(files.middleTierApi);
  // Once registered, it stays so.
  const { PUBLIC_URL: registeredBff } = await readEnvironment(files.bff);
  const { changes, written, environments } = await register({
    ...(await accessLocalTenant(tenantUrl)),
    urls: { ...urls, bff: bffUrl ?? registeredBff },
    mcpUrl: `${urls.middleTierApi}/mcp`,
    environmentDirectory,
    credential:
      CLIENT_CERTIFICATE_FILE === undefined
        ? { kind: 'secret' }
        : { kind: 'certificate', file: resolve(certificateFileIn(environmentDirectory)) },
  });
  for (const line of [...describeChanges(changes), ...written.map((file) => `wrote ${file}`)])
    print(`app-registration: ${line}`);
  return environments;
}

/** Says how an agent reaches the middle tier. */
export const describeMcpServer = ({ MCP_URL, CLIENT_ID }: Environment): string =>
  `Agents reach the middle tier at ${MCP_URL}, with the client ID ${CLIENT_ID}`;

/**
 * Lists the users that a developer can sign in as.
 *
 * @param tenantUrl Where the control room is.
 */
export function describeUsers(tenantUrl: string): string[] {
  const width = Math.max(...users.map(({ mail }) => mail.length));
  return [
    `Sign in as one of these users. The password of each is ${styleText('bold', password)}`,
    '',
    ...users.map(({ mail, displayName, purpose }) => `  ${mail.padEnd(width)}  ${displayName}: ${purpose}`),
    '',
    `Watch every message, token and trace at ${tenantUrl}`,
    'Something does not work? npx -y pnpm@12 run doctor',
    'Delete the folder .data to start afresh.',
  ];
}

import { readConfiguration } from '../configuration.ts';
import { environmentDirectory } from '../environment/environment-files.ts';
import { GraphClient } from '../tenant/graph-client.ts';
import { readSignedIn } from '../tenant/signed-in.ts';
import { parseArguments } from './arguments.ts';
import { type CommandContext, exitCodes, type RegisterContext } from './context.ts';
import { findTenant } from './find-tenant.ts';
import { UsageError } from './flags.ts';
import { runRegistration } from './run-registration.ts';
import { runRemoval } from './run-removal.ts';

/**
 * Runs `register`: signs in, shows the tenant, and registers or removes the apps.
 *
 * @param argv Command line without the program's name.
 * @returns The exit code.
 * @throws {ExpectedError} whose message says what to do.
 */
export async function runRegister(argv: readonly string[], context: CommandContext): Promise<number> {
  const args = parseArguments(argv, context.print);
  if (args === null) return exitCodes.done;
  if (!context.isTerminal && !args.yes && !args.dryRun)
    throw new UsageError('Not an interactive terminal: pass --yes or --dry-run.');
  const configuration = readConfiguration(context.env);
  const { localTenantUrl, urls, dataDirectory, environmentDirectory: directory } = configuration;
  const tenant = await findTenant(args, localTenantUrl, context);
  const graph = new GraphClient({ baseUrl: tenant.graphBaseUrl, getToken: tenant.getToken });
  const run: RegisterContext = {
    args,
    context,
    tenant,
    graph,
    signedIn: await readSignedIn(graph),
    directory: directory ?? environmentDirectory(tenant.kind, args.namePrefix, dataDirectory),
  };
  if (!args.json) for (const line of describeSignIn(run)) context.print(line);
  checkTenant(run);
  return args.remove ? runRemoval(run) : runRegistration(run, urls);
}

function describeSignIn({ tenant, signedIn }: RegisterContext): string[] {
  const { displayName, defaultDomain, id } = signedIn.tenant;
  const { account } = signedIn;
  const names = account ? [account.displayName, account.userPrincipalName].filter(Boolean) : [];
  const name = names.join(', ') || 'an account that Microsoft Graph does not show';
  return [
    `Tenant:       ${displayName} (${[defaultDomain, id].filter(Boolean).join(', ')})`,
    `Signed in as: ${name} (${tenant.signedInWith()})`,
    '',
  ];
}

/** Checks that a given token, or an existing login, is for the tenant that the user named. */
function checkTenant({ args, signedIn }: RegisterContext): void {
  const { id, displayName, defaultDomain } = signedIn.tenant;
  const expected = args.tenant?.toLowerCase();
  if (expected === undefined || !/^[0-9a-f-]{36}$/.test(expected) || expected === id) return;
  throw new UsageError(
    `--tenant: you are signed in to ${displayName} (${defaultDomain ?? id}), not to ${expected}`,
  );
}

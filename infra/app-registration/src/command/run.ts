import { readConfiguration } from '../configuration.ts';
import { environmentDirectory } from '../environment-directory.ts';
import { createGraphClient } from '../tenant/graph-client.ts';
import { readSignedIn } from '../tenant/signed-in.ts';
import type { Arguments } from './arguments.ts';
import type { Surroundings } from './context.ts';
import { reachTenant } from './find-tenant.ts';
import { help } from './help.ts';
import type { Program } from './program.ts';
import { UsageError } from './read-flags.ts';
import { runRegistration } from './run-registration.ts';
import { runRemoval } from './run-removal.ts';

/**
 * Runs the program: signs in, says whose tenant it is, and registers or removes.
 *
 * @returns the exit code.
 * @throws {Error} of the program's own, whose messages say what to do; see `main.ts`.
 */
export async function run(args: Arguments, surroundings: Surroundings): Promise<number> {
  if (args.help) {
    surroundings.print(help);
    return 0;
  }
  if (!surroundings.isTerminal && !args.yes && !args['dry-run']) {
    throw new UsageError(
      'Nobody can be asked here, as this is not a terminal: add --yes to go on, or --dry-run to look only.',
    );
  }
  const { localTenantUrl, urls, environmentDirectory: directory } = readConfiguration(surroundings.env);
  const tenant = await reachTenant(args, localTenantUrl, surroundings);
  const graph = createGraphClient({ baseUrl: tenant.graphBaseUrl, getToken: tenant.getToken });
  const program: Program = {
    args,
    surroundings,
    tenant,
    graph,
    signedIn: await readSignedIn(graph),
    directory: directory ?? environmentDirectory(tenant.kind, args['name-prefix']),
  };
  if (!args.json) for (const line of introduce(program)) surroundings.print(line);
  checkTenant(program);
  return args.remove ? runRemoval(program) : runRegistration(program, urls);
}

function introduce({ tenant, signedIn }: Program): string[] {
  const { displayName, defaultDomain, id } = signedIn.tenant;
  const { account } = signedIn;
  const names = account ? [account.displayName, account.userPrincipalName].filter(Boolean) : [];
  const name = names.join(', ') || 'an account that Microsoft Graph does not show';
  return [
    `Tenant:    ${displayName} (${[defaultDomain, id].filter(Boolean).join(', ')})`,
    `Signed in: ${name}, with ${tenant.signedInWith()}`,
    '',
  ];
}

/** A token that was given, or a login that was left over, may be of another tenant than the one that is meant. */
function checkTenant({ args, signedIn }: Program): void {
  const { id, displayName, defaultDomain } = signedIn.tenant;
  const wanted = args.tenant?.toLowerCase();
  if (wanted === undefined || !/^[0-9a-f-]{36}$/.test(wanted) || wanted === id) return;
  throw new UsageError(
    `--tenant: this is signed in to ${displayName} (${defaultDomain ?? id}), and not to ${wanted}`,
  );
}

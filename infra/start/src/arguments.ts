import { parseArgs } from 'node:util';
import { StartError } from './configuration.ts';

export const help = `Starts the apps for a developer.

  pnpm start [flags]

With the local tenant, which stands in for Microsoft Entra ID and Microsoft Graph, unless:
  --tenant                 run against the real tenant that \`pnpm register\` registered the apps in
  --name-prefix <prefix>   with --tenant: the set of apps of that prefix
  --help, -h               print this

Ports are SPA_PORT, MIDDLE_TIER_API_PORT, DOWNSTREAM_API_PORT and LOCAL_TENANT_PORT.`;

export interface Arguments {
  help: boolean;
  /** Run against a real tenant. */
  tenant: boolean;
  namePrefix: string | undefined;
}

/**
 * Reads the command line.
 *
 * @throws {StartError} when it has a flag that is unknown, or that means nothing there.
 */
export function readArguments(args: readonly string[]): Arguments {
  const options = {
    help: { type: 'boolean', short: 'h', default: false },
    tenant: { type: 'boolean', default: false },
    'name-prefix': { type: 'string' },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new StartError(
      `${error instanceof Error ? error.message : String(error)}\n--help lists the flags.`,
    );
  }
  const { help, tenant, 'name-prefix': namePrefix } = values;
  if (namePrefix !== undefined && !tenant)
    throw new StartError('--name-prefix means nothing without --tenant.');
  return { help, tenant, namePrefix };
}

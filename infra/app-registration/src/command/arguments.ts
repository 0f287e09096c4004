import { z } from 'zod';
import { type CloudName, clouds } from '../clouds.ts';
import {
  conflictsWith,
  flag,
  graphTokenHelp,
  isGiven,
  isSet,
  namePrefix,
  parseCommandLine,
  signInWay,
  text,
} from './flags.ts';

const isLocal = (url: string): boolean => ['localhost', '127.0.0.1'].includes(new URL(url).hostname);

const origin = z
  // The rules that follow parse it.
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://leave.example.com', abort: true })
  .refine((url) => new URL(url).origin === url, 'must be an origin without a path or trailing slash');
const browserOrigin = origin.refine(
  (url) => url.startsWith('https:') || isLocal(url),
  'must be https; Entra accepts plain http on localhost only',
);
const mcpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://api.leave.example.com/mcp' })
  .refine((url) => URL.canParse(url) && !/^\/?$|\/$|[?#]/.test(url.slice(new URL(url).origin.length)), {
    error: 'must end with a path such as /mcp, without a trailing slash',
  })
  .optional();
const mobileRedirectUri = z.string().regex(/^(msauth\.[\w.-]+:\/\/auth|msauth:\/\/[\w.]+\/[\w%]+)$/, {
  error:
    'must be msauth.<bundle ID>://auth (iOS) or msauth://<package>/<signature hash, URL-encoded> (Android)',
});
const httpsOrigin = origin
  .refine((url) => url.startsWith('https:') || new URL(url).hostname === 'localhost', 'must be https')
  .optional();
const cloudNames = Object.keys(clouds) as [CloudName, ...CloudName[]];
const cloud = z.enum(cloudNames, { error: `must be one of ${cloudNames.join(', ')}` }).default('global');
const issuerUrl = z.url({ protocol: /^https?$/, error: 'must be the URL of the issuer' }).optional();
const identityId = z.guid('must be the Object (principal) ID or the Client ID, a GUID').optional();
const tenantIds = z.array(z.guid('must be a Directory (tenant) ID, a GUID')).optional();
const credentialKind = z
  .enum(['secret', 'certificate', 'federated', 'none'], {
    error: 'must be secret, certificate, federated or none',
  })
  .optional();

const signIn = {
  tenant: flag('--tenant <id or domain>', "sign in to this tenant, not to the account's own", text),
  signIn: flag('--sign-in <way>', 'use only azure-cli, browser or device-code', signInWay),
  graphTokenFile: flag('--graph-token-file <file>', graphTokenHelp, text),
  cloud: flag('--cloud <name>', 'global (default), us-government, us-government-dod or china', cloud),
  authorityUrl: flag('--authority-url <origin>', 'identity provider of another cloud', httpsOrigin),
  graphUrl: flag('--graph-url <origin>', 'Microsoft Graph of another cloud', httpsOrigin),
  local: flag('--local', 'use the local tenant that `pnpm start` runs', isSet),
};

const registration = {
  namePrefix: flag('--name-prefix <prefix>', 'register another set of apps; by default obo', namePrefix),
  spaUrl: flag('--spa-url <origin...>', 'where the SPA is served', z.array(browserOrigin).optional()),
  middleTierUrl: flag(
    '--middle-tier-url <origin>',
    'where the middle-tier API answers',
    browserOrigin.optional(),
  ),
  downstreamUrl: flag('--downstream-url <origin>', 'where the downstream API answers', origin.optional()),
  mcpUrl: flag('--mcp-url <url>', 'where agents reach the middle tier; registers a client for them', mcpUrl),
  bffUrl: flag(
    '--bff-url <origin>',
    'registers the backend for frontend too, and where it is served',
    browserOrigin.optional(),
  ),
  mobile: flag(
    '--mobile <redirect-uri...>',
    'registers a mobile app too',
    z.array(mobileRedirectUri).optional(),
  ),
  multiTenant: flag('--multi-tenant', 'let users of other tenants use the apps', isSet),
  allowTenant: flag('--allow-tenant <id...>', 'other tenants whose users may use the apps', tenantIds),
  grantAdminConsent: flag('--grant-admin-consent', 'consent for all users, so that none is asked', isSet),
};

const federation = {
  managedIdentity: flag('--managed-identity <id>', 'federated: a user-assigned managed identity', identityId),
  ficIssuer: flag('--fic-issuer <url>', "federated: issuer of another identity's tokens", issuerUrl),
  ficSubject: flag('--fic-subject <subject>', 'federated: subject of its tokens', text),
  ficAudience: flag('--fic-audience <audience>', 'federated: api://AzureADTokenExchange by default', text),
  ficTokenFile: flag('--fic-token-file <file>', 'federated: its token, where the middle tier runs', text),
};

const credential = {
  credential: flag(
    '--credential <kind>',
    'secret (default), certificate or federated; none, with --dry-run, skips it',
    credentialKind,
  ),
  ...federation,
};

const execution = {
  dryRun: flag('--dry-run', 'only show what would change', isSet),
  exitCode: flag('--exit-code', 'with --dry-run, for scripts: exit code 2 if anything would change', isSet),
  remove: flag('--remove', 'remove consents, service principals, apps and files', isSet),
  yes: flag('-y, --yes', 'do not ask', isSet),
  json: flag('--json', 'print the result as JSON; requires --yes or --dry-run', isSet),
};

const flags = z.object({ ...signIn, ...registration, ...credential, ...execution });

/** Values of the flags of `register`. */
export type Arguments = z.output<typeof flags>;

export const registerCommandLine = {
  name: 'pnpm register',
  description: [
    'Registers the apps in your tenant, and writes the environment file of each.',
    'Shows the tenant and the planned changes, and asks before it makes them. You can run it again at any time: it changes only what differs, and continues where an interrupted run stopped.',
  ].join('\n\n'),
  groups: {
    'Sign-in (Azure CLI if you are logged in, otherwise a browser, otherwise a code for another device)':
      signIn,
    'What is registered': registration,
    'Credential of the middle tier': credential,
    'How it runs': execution,
  },
  footer: `Flags that you omit keep the values of the last run. Files are written to
.data/tenant (.data/env with --local), or to ENVIRONMENT_DIRECTORY.`,
  flags,
  findConflicts,
};

/**
 * Parses the command line of `register`; see {@link parseCommandLine}.
 *
 * @throws {UsageError} naming every problem.
 */
export const parseArguments = (args: readonly string[], print: (text: string) => void): Arguments | null =>
  parseCommandLine(registerCommandLine, args, print);

const federationFlags = [
  'managedIdentity',
  'ficIssuer',
  'ficSubject',
  'ficAudience',
  'ficTokenFile',
] as const satisfies (keyof typeof federation)[];

function findConflicts(values: Arguments): string[] {
  const { credential, managedIdentity: _, ...others } = values;
  const problems = [
    ...conflictsWith(values, 'local', ['tenant', 'authorityUrl', 'graphUrl', 'signIn', 'graphTokenFile']),
    ...conflictsWith(values, 'graphTokenFile', ['signIn']),
    ...conflictsWith(values, 'remove', [
      'credential',
      ...federationFlags,
      'mcpUrl',
      'mobile',
      'multiTenant',
      'allowTenant',
      'grantAdminConsent',
    ]),
    ...conflictsWith(values, 'managedIdentity', ['ficIssuer', 'ficSubject', 'ficAudience', 'ficTokenFile']),
    ...(credential === 'federated' ? [] : conflictsWith(values, 'credential', federationFlags)),
  ];
  if (isGiven(others.ficIssuer) !== isGiven(others.ficSubject))
    problems.push('--fic-issuer and --fic-subject must be given together');
  if (!isGiven(others.ficIssuer) && (isGiven(others.ficAudience) || isGiven(others.ficTokenFile)))
    problems.push('--fic-audience and --fic-token-file require --fic-issuer and --fic-subject');
  if (credential === 'none' && !others.dryRun)
    problems.push('--credential none requires --dry-run, as the middle tier must have a credential');
  if (others.exitCode && !others.dryRun) problems.push('--exit-code requires --dry-run');
  if (others.json && !others.yes && !others.dryRun)
    problems.push('--json is non-interactive: add --yes or --dry-run');
  return problems;
}

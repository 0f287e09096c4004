import { z } from 'zod';
import { clouds } from '../clouds.ts';
import { flag, namePrefixFlag, readFlags, signInFlag } from './read-flags.ts';

const origin = z
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://leave.example.com' })
  .refine(
    (url) => URL.canParse(url) && new URL(url).origin === url,
    'must be an origin without a path or trailing slash',
  );
const spaOrigin = origin.refine(
  (url) => url.startsWith('https:') || ['localhost', '127.0.0.1'].includes(new URL(url).hostname),
  'must be https; Entra takes plain http on localhost only',
);
const httpsOrigin = origin.refine(
  (url) => url.startsWith('https:') || new URL(url).hostname === 'localhost',
  'must be https',
);
const cloudNames = Object.keys(clouds) as [keyof typeof clouds, ...(keyof typeof clouds)[]];

const schema = z.object({
  help: flag,
  local: flag,
  tenant: z.string().min(1).optional(),
  cloud: z.enum(cloudNames, { error: `must be one of ${cloudNames.join(', ')}` }).default('global'),
  'authority-url': httpsOrigin.optional(),
  'graph-url': httpsOrigin.optional(),
  'sign-in': signInFlag.optional(),
  'graph-token-file': z.string().min(1).optional(),
  'name-prefix': namePrefixFlag.optional(),
  'spa-url': z.array(spaOrigin).optional(),
  'middle-tier-url': origin.optional(),
  'downstream-url': origin.optional(),
  credential: z
    .enum(['secret', 'certificate', 'federated', 'none'], {
      error: 'must be secret, certificate, federated or none',
    })
    .optional(),
  'managed-identity': z.guid('must be the Object (principal) ID or the Client ID, a GUID').optional(),
  'fic-issuer': z.url({ protocol: /^https?$/, error: 'must be the URL of the issuer' }).optional(),
  'fic-subject': z.string().min(1).optional(),
  'fic-audience': z.string().min(1).optional(),
  'fic-token-file': z.string().min(1).optional(),
  'multi-tenant': flag,
  'allow-tenant': z.array(z.guid('must be a Directory (tenant) ID, a GUID')).optional(),
  'grant-admin-consent': flag,
  'dry-run': flag,
  json: flag,
  yes: flag,
  remove: flag,
});

/** The command line, checked. Names are those of the flags. */
export type Arguments = z.output<typeof schema>;

const options = {
  help: { type: 'boolean', short: 'h' },
  local: { type: 'boolean' },
  tenant: { type: 'string' },
  cloud: { type: 'string' },
  'authority-url': { type: 'string' },
  'graph-url': { type: 'string' },
  'sign-in': { type: 'string' },
  'graph-token-file': { type: 'string' },
  'name-prefix': { type: 'string' },
  'spa-url': { type: 'string', multiple: true },
  'middle-tier-url': { type: 'string' },
  'downstream-url': { type: 'string' },
  credential: { type: 'string' },
  'managed-identity': { type: 'string' },
  'fic-issuer': { type: 'string' },
  'fic-subject': { type: 'string' },
  'fic-audience': { type: 'string' },
  'fic-token-file': { type: 'string' },
  'multi-tenant': { type: 'boolean' },
  'allow-tenant': { type: 'string', multiple: true },
  'grant-admin-consent': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  remove: { type: 'boolean' },
} as const;

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming every problem.
 */
export const readArguments = (args: readonly string[]): Arguments =>
  readFlags(args, options, schema, contradictions);

const federated = [
  'managed-identity',
  'fic-issuer',
  'fic-subject',
  'fic-audience',
  'fic-token-file',
] as const;

function contradictions(values: Arguments): string[] {
  const problems: string[] = [];
  const isGiven = (name: keyof Arguments) => values[name] !== undefined && values[name] !== false;
  const exclude = (name: keyof Arguments, others: readonly (keyof Arguments)[]) => {
    for (const other of others)
      if (isGiven(name) && isGiven(other)) problems.push(`--${other} means nothing with --${name}`);
  };
  exclude('local', ['tenant', 'authority-url', 'graph-url', 'sign-in', 'graph-token-file']);
  exclude('graph-token-file', ['sign-in']);
  exclude('remove', ['credential', ...federated, 'multi-tenant', 'allow-tenant', 'grant-admin-consent']);
  exclude('managed-identity', ['fic-issuer', 'fic-subject', 'fic-audience', 'fic-token-file']);
  if (values.credential !== undefined && values.credential !== 'federated') exclude('credential', federated);
  if (isGiven('fic-issuer') !== isGiven('fic-subject'))
    problems.push('--fic-issuer and --fic-subject belong together');
  if (!isGiven('fic-issuer') && (isGiven('fic-audience') || isGiven('fic-token-file')))
    problems.push('--fic-audience and --fic-token-file need --fic-issuer and --fic-subject');
  if (values.credential === 'none' && !values['dry-run'])
    problems.push('--credential none: only with --dry-run, as the middle tier cannot do without');
  if (values.json && !values.yes && !values['dry-run'])
    problems.push('--json asks nobody: add --yes to go on, or --dry-run to look only');
  return problems;
}

import { styleText } from 'node:util';
import { type Remembered, readRemembered } from '../environment/earlier-run.ts';
import { environmentFilesIn } from '../environment/environment-files.ts';
import { type ConsentOutcome, plan, type RegisterOptions, register } from '../register.ts';
import type { Change } from '../register-apps.ts';
import { describeChanges, describePlan } from '../settings/describe-changes.ts';
import { usualUrls } from '../usual-urls.ts';
import { chooseCredential } from './choose-credential.ts';
import { exitCodes, type Program } from './program.ts';

type Urls = RegisterOptions['urls'];

/** Shows what would change, asks, and registers. */
export async function runRegistration(program: Program, urls: Partial<Urls>): Promise<number> {
  const { args, surroundings, graph, directory } = program;
  const { print } = surroundings;
  const options = await optionsOf(program, urls);
  let planned = await plan(graph, options);
  if (args['dry-run']) {
    if (args.json) print(JSON.stringify(result(program, planned)));
    else for (const line of describePlan(planned)) print(line);
    return planned.length === 0 ? exitCodes.done : exitCodes.differs;
  }

  if (!args.json) {
    print(styleText('bold', planned.length === 0 ? 'All is as described.' : 'This is going to change:'));
    for (const line of planned.length === 0 ? [] : describePlan(planned)) print(`  ${line}`);
  }
  if (!args.yes) {
    const consent = await askForConsent(program, options);
    planned = consent ? await plan(graph, { ...options, consent }) : planned;
    options.consent ||= consent;
    const question = `Change this, and write the environment files to ${directory}?`;
    if (planned.length > 0 && !(await surroundings.confirm(question))) {
      print('Nothing was changed.');
      return exitCodes.refused;
    }
  }

  const { changes, written, consent } = await register(options);
  if (args.json) print(JSON.stringify({ ...result(program, changes), written, consent }));
  else for (const line of report(program, changes, written, consent)) print(line);
  return exitCodes.done;
}

/** What the command line says, else what an earlier run wrote down, else what is usual. */
async function optionsOf(program: Program, fromEnvironment: Partial<Urls>): Promise<RegisterOptions> {
  const { args, graph, tenant, signedIn, directory } = program;
  const remembered = await readRemembered(environmentFilesIn(directory));
  const isSameTenant = remembered.tenantId === signedIn.tenant.id;
  if (remembered.tenantId !== undefined && !isSameTenant)
    program.surroundings.say(
      `The files in ${directory} are of tenant ${remembered.tenantId}: they will be replaced.`,
    );
  const [spa, ...moreSpaUrls] =
    args['spa-url'] ?? (fromEnvironment.spa === undefined ? remembered.spaUrls : [fromEnvironment.spa]);
  const issuer = tenant.authorityMetadata?.issuer ?? `${tenant.authorityUrl}/${signedIn.tenant.id}/v2.0`;
  const { authorityMetadata, graphResource, tokenExchangeAudience } = tenant;
  return {
    authority: `${tenant.authorityUrl}/${signedIn.tenant.id}`,
    ...(authorityMetadata && { authorityMetadata }),
    graphBaseUrl: tenant.graphBaseUrl,
    graphResource,
    getToken: tenant.getToken,
    urls: {
      spa: spa ?? usualUrls.spa,
      middleTierApi:
        args['middle-tier-url'] ??
        fromEnvironment.middleTierApi ??
        remembered.middleTierUrl ??
        usualUrls.middleTierApi,
      downstreamApi:
        args['downstream-url'] ??
        fromEnvironment.downstreamApi ??
        remembered.downstreamUrl ??
        usualUrls.downstreamApi,
    },
    moreSpaUrls,
    allowedTenantIds: allowedTenants(program, isSameTenant ? remembered : undefined),
    namePrefix: args['name-prefix'],
    credential: await chooseCredential(args, {
      graph,
      issuer,
      tokenExchangeAudience,
      directory,
      remembered: isSameTenant ? remembered.credential : undefined,
    }),
    consent: args['grant-admin-consent'],
    environmentDirectory: directory,
  };
}

/** The own tenant and the others; `undefined` where nobody but people of the own tenant may use the apps. */
function allowedTenants({ args, signedIn }: Program, remembered: Remembered | undefined) {
  const others = args['allow-tenant'];
  if (others === undefined && !args['multi-tenant']) return remembered?.allowedTenantIds;
  return [...new Set([signedIn.tenant.id, ...(others ?? remembered?.allowedTenantIds ?? [])])];
}

/** Asks whether to consent for everyone, where it is missing and the person may. */
async function askForConsent({ args, signedIn, surroundings, graph }: Program, options: RegisterOptions) {
  if (args['grant-admin-consent'] || signedIn.mayConsent === false) return false;
  const missing = await plan(graph, { ...options, consent: true });
  if (!missing.some(({ property }) => property.startsWith('consent'))) return false;
  return surroundings.confirm(
    'Consent for everyone in the tenant? Otherwise each person is asked at the first sign-in.',
  );
}

const result = ({ signedIn, tenant }: Program, changes: readonly Change[]) => ({
  tenant: signedIn.tenant,
  account: signedIn.account,
  signedInWith: tenant.signedInWith(),
  changes,
});

function report(
  { tenant }: Program,
  changes: readonly Change[],
  written: readonly string[],
  consent: ConsentOutcome,
): string[] {
  const start = tenant.kind === 'local' ? 'pnpm start' : 'pnpm start --tenant';
  const doctor = tenant.kind === 'local' ? 'pnpm run doctor' : 'pnpm run doctor --tenant';
  return [
    ...describeChanges(changes),
    ...written.map((file) => `wrote ${file}`),
    ...(consent.state === 'refused'
      ? [
          '',
          'This account may not consent for everyone. An administrator can, at:',
          `  ${consent.url}`,
          'Otherwise each person is asked at the first sign-in, if the tenant allows it.',
        ]
      : []),
    '',
    `Next: npx -y pnpm@12 ${start.replace('pnpm ', '')}   starts the apps with it`,
    `      npx -y pnpm@12 ${doctor.replace('pnpm ', '')}   looks whether all is well`,
    ...(written.length > 0
      ? ['What already runs goes on with the old files until it is started again.']
      : []),
  ];
}

import { styleText } from 'node:util';
import { type EarlierRun, readEarlierRun } from '../environment/earlier-run.ts';
import { defaultUrls, type Urls } from '../environment/environment.ts';
import { environmentFilesIn } from '../environment/environment-files.ts';
import { type ConsentOutcome, plan, type RegisterOptions, register } from '../register.ts';
import type { Change } from '../register-apps.ts';
import { describeChanges, describePlan } from '../settings/describe-changes.ts';
import {
  type AuthenticationContextState,
  readAuthenticationContext,
  stepUpContext,
} from '../tenant/authentication-context.ts';
import { chooseCredential } from './choose-credential.ts';
import { exitCodes, type RegisterContext } from './context.ts';

/**
 * Shows what would change, asks, and registers.
 *
 * @param urls Origins that environment variables name.
 * @returns The exit code.
 */
export async function runRegistration(run: RegisterContext, urls: Partial<Urls>): Promise<number> {
  const { args, context, graph, directory } = run;
  const { print } = context;
  const options = await optionsFor(run, urls);
  let planned = await plan(graph, options);
  if (args.dryRun) {
    if (args.json) print(JSON.stringify(toResult(run, planned)));
    else for (const line of describePlan(planned)) print(line);
    return planned.length === 0 || !args.exitCode ? exitCodes.done : exitCodes.differs;
  }

  if (!args.json) {
    print(styleText('bold', planned.length === 0 ? 'Nothing to change.' : 'Planned changes:'));
    for (const line of planned.length === 0 ? [] : describePlan(planned)) print(`  ${line}`);
  }
  if (!args.yes) {
    const consent = await askForConsent(run, options);
    planned = consent ? await plan(graph, { ...options, consent }) : planned;
    options.consent ||= consent;
    const question = `Make these changes, and write the environment files to ${directory}?`;
    if (planned.length > 0 && !(await context.confirm(question))) {
      print('Nothing was changed.');
      return exitCodes.declined;
    }
  }

  const { changes, written, consent, environments: registered } = await register(options);
  const { MCP_URL, CLIENT_ID } = registered.mcpClient;
  const state = await readAuthenticationContext(graph, stepUpContext);
  const authenticationContext = { id: stepUpContext, state };
  if (args.json)
    print(JSON.stringify({ ...toResult(run, changes), written, consent, authenticationContext }));
  else
    for (const line of [
      ...describeResult(run, changes, written, consent),
      ...describeAuthenticationContext(state),
      ...(MCP_URL === undefined ? [] : ['', `Agents connect to ${MCP_URL} with the client ID ${CLIENT_ID}`]),
    ])
      print(line);
  return exitCodes.done;
}

/** Takes each option from the first source that has it: command line, environment, files of the last run, default. */
async function optionsFor(run: RegisterContext, urls: Partial<Urls>): Promise<RegisterOptions> {
  const { args, graph, tenant, signedIn, directory } = run;
  const earlier = await readEarlierRun(environmentFilesIn(directory));
  const isSameTenant = earlier.tenantId === signedIn.tenant.id;
  if (earlier.tenantId !== undefined && !isSameTenant)
    run.context.notify(
      `The files in ${directory} are for tenant ${earlier.tenantId}: they will be replaced.`,
    );
  const issuer = tenant.authorityMetadata?.issuer ?? `${tenant.authorityUrl}/${signedIn.tenant.id}/v2.0`;
  const { authorityMetadata, graphResource, tokenExchangeAudience } = tenant;
  return {
    authority: `${tenant.authorityUrl}/${signedIn.tenant.id}`,
    ...(authorityMetadata && { authorityMetadata }),
    graphBaseUrl: tenant.graphBaseUrl,
    graphResource,
    getToken: tenant.getToken,
    ...urlsFor(args, urls, earlier),
    mcpUrl: args.mcpUrl ?? earlier.mcpUrl,
    mobileRedirectUris: args.mobile ?? earlier.mobileRedirectUris,
    allowedTenantIds: allowedTenants(run, isSameTenant ? earlier : undefined),
    namePrefix: args.namePrefix,
    credential: await chooseCredential(args, {
      graph,
      issuer,
      tokenExchangeAudience,
      directory,
      earlier: isSameTenant ? earlier.credential : undefined,
    }),
    consent: args.grantAdminConsent,
    environmentDirectory: directory,
  };
}

function urlsFor(args: RegisterContext['args'], fromEnvironment: Partial<Urls>, earlier: EarlierRun) {
  const spaUrls =
    args.spaUrl ?? (fromEnvironment.spa === undefined ? earlier.spaUrls : [fromEnvironment.spa]);
  const [spa = defaultUrls.spa, ...moreSpaUrls] = spaUrls;
  const given = {
    ...(args.middleTierUrl !== undefined && { middleTierApi: args.middleTierUrl }),
    ...(args.downstreamUrl !== undefined && { downstreamApi: args.downstreamUrl }),
    ...(args.bffUrl !== undefined && { bff: args.bffUrl }),
  };
  const urls = { ...defaultUrls, ...earlier.urls, ...fromEnvironment, ...given, spa };
  return { urls, moreSpaUrls };
}

/** Lists the home tenant and the other ones; `undefined` when only users of the home tenant may use the apps. */
function allowedTenants({ args, signedIn }: RegisterContext, earlier: EarlierRun | undefined) {
  const others = args.allowTenant;
  if (others === undefined && !args.multiTenant) return earlier?.allowedTenantIds;
  return [...new Set([signedIn.tenant.id, ...(others ?? earlier?.allowedTenantIds ?? [])])];
}

/** Asks whether to consent for all users, if consent is missing and the user may give it. */
async function askForConsent({ args, signedIn, context, graph }: RegisterContext, options: RegisterOptions) {
  if (args.grantAdminConsent || signedIn.mayConsent === false) return false;
  const missing = await plan(graph, { ...options, consent: true });
  if (!missing.some(({ property }) => property.startsWith('consent'))) return false;
  return context.confirm(
    'Consent for all users in the tenant? Otherwise each user is asked at the first sign-in.',
  );
}

const toResult = ({ signedIn, tenant }: RegisterContext, changes: readonly Change[]) => ({
  tenant: signedIn.tenant,
  account: signedIn.account,
  signedInWith: tenant.signedInWith(),
  changes,
});

function describeResult(
  { tenant }: RegisterContext,
  changes: readonly Change[],
  written: readonly string[],
  consent: ConsentOutcome,
): string[] {
  const flag = tenant.kind === 'local' ? '' : ' --tenant';
  return [
    ...describeChanges(changes),
    ...written.map((file) => `wrote ${file}`),
    ...(consent.state === 'denied'
      ? [
          '',
          'Your account may not consent for all users. An administrator can do so at:',
          `  ${consent.url}`,
          'Otherwise each user is asked at the first sign-in, if the tenant allows it.',
        ]
      : []),
    '',
    `Next: npx -y pnpm@12 start${flag}   starts the apps`,
    `      npx -y pnpm@12 run doctor${flag}   checks the setup`,
    ...(written.length > 0 ? ['Restart running apps to pick up the new files.'] : []),
  ];
}

/** Says what `register` leaves to an administrator: it belongs to the organization, and not to the apps. */
function describeAuthenticationContext(state: AuthenticationContextState): string[] {
  if (state === 'published') return [];
  const what = {
    missing: `The tenant does not have the authentication context ${stepUpContext}`,
    unpublished: `The tenant does not publish the authentication context ${stepUpContext} to apps`,
    unreadable: `This sign-in may not read whether the tenant has the authentication context ${stepUpContext}`,
  }[state];
  return [
    '',
    `${what}, which approving more than ten working days of leave requires.`,
    'It belongs to the organization and needs a Conditional Access policy (Microsoft Entra ID P1), so it is',
    'not created here. An administrator can: docs/explanation/step-up.md, "In a real tenant".',
  ];
}

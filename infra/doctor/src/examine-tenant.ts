import { type AppDescription, credentialIn } from '@obo/app-registration';
import { SignInFailed, type TenantConnection } from '@obo/app-registration/command';
import {
  GraphClient,
  GraphRequestError,
  readAuthenticationContext,
  readTenantId,
} from '@obo/app-registration/tenant';
import type { Commands } from './commands.ts';
import { checkConsents } from './consent/check-consents.ts';
import { readConsents } from './consent/read-consents.ts';
import type { Files } from './files/read-files.ts';
import { type Finding, finding, type Observation } from './finding.ts';
import { checkAuthenticationContext, demandedContext } from './registrations/check-authentication-context.ts';
import { checkCredential } from './registrations/check-credential.ts';
import { checkRegistrations } from './registrations/check-registrations.ts';
import { type Registrations, readRegistrations, readTrust } from './registrations/read-registrations.ts';

export interface TenantExamination {
  tenant: TenantConnection;
  /** Issuer of the identity provider's tokens. */
  issuer: string;
  files: Files;
  apps: readonly AppDescription[];
  commands: Commands;
  now: Date;
}

type Observations = Record<'registrations' | 'consent', Observation[]>;

/**
 * Examines what only the tenant can show: app registrations, the middle tier's credential, and consent.
 *
 * @returns Observations; also a finding for what the account may not read.
 */
export async function examineTenant(examination: TenantExamination): Promise<Observations> {
  const { tenant, files, commands } = examination;
  const graph = new GraphClient({ baseUrl: tenant.graphBaseUrl, getToken: tenant.getToken });
  const observations: Observation[] = [];
  let registrations: Registrations;
  try {
    const otherTenant = checkTenant(await readTenantId(graph), files, commands);
    if (otherTenant) return { registrations: [otherTenant], consent: [] };
    registrations = await readRegistrations(graph, examination.apps);
    observations.push(...checkRegistrations(registrations, files.environments, commands));
    observations.push(...(await examineCredential(graph, registrations, examination)));
    observations.push(...(await examineAuthenticationContext(graph, files)));
  } catch (error) {
    return { registrations: [...observations, explainUnreadable(error)], consent: [] };
  }
  return { registrations: observations, consent: await examineConsent(graph, registrations, commands) };
}

function checkTenant(id: string, files: Files, { register }: Commands): Finding | null {
  const expected = files.environments.middleTierApi.TENANT_ID;
  if (!expected || expected === id) return null;
  const problem = `You are signed in to tenant ${id}, but the environment files are for ${expected}.`;
  const fix = `Sign in to the other tenant (\`az login --tenant ${expected}\`), or write the files again: \`${register}\`.`;
  return finding('signed_in_to_another_tenant', problem, fix);
}

async function examineCredential(
  graph: GraphClient,
  registrations: Registrations,
  { tenant, issuer, files, commands, now }: TenantExamination,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const { app, application } of registrations.apps) {
    if (!application || !app.needsCredential) continue;
    const environment = files.environments[app.key];
    const { TOKEN_EXCHANGE_AUDIENCE: audience = tenant.tokenExchangeAudience } = environment;
    const trust = await readTrust(graph, application, credentialIn(environment), { issuer, audience });
    const certificate = files.certificates[app.key] ?? null;
    const facts = { app: app.uniqueName, application, environment, certificate, trust };
    observations.push(...checkCredential(facts, commands, now));
  }
  return observations;
}

async function examineAuthenticationContext(
  graph: GraphClient,
  { environments }: Files,
): Promise<Observation[]> {
  const id = demandedContext(environments.downstreamApi);
  return id === null ? [] : [checkAuthenticationContext(id, await readAuthenticationContext(graph, id))];
}

async function examineConsent(
  graph: GraphClient,
  registrations: Registrations,
  commands: Commands,
): Promise<Observation[]> {
  try {
    const consents = await readConsents(graph, registrations);
    const present = registrations.apps.filter(({ servicePrincipal }) => servicePrincipal !== null);
    return checkConsents(
      consents,
      present.map(({ app }) => app),
      commands,
    );
  } catch (error) {
    if (!(error instanceof GraphRequestError)) throw error;
    const problem = `Consent cannot be read: ${error.code}.`;
    const fix =
      'Sign in with an account that may read it (DelegatedPermissionGrant.Read.All, Directory.Read.All).';
    return [finding('consents_not_readable', problem, fix)];
  }
}

function explainUnreadable(error: unknown): Observation {
  if (error instanceof SignInFailed) {
    return finding(
      'not_signed_in',
      `App registrations and consent were not checked, as you are not signed in (${error.reasons.join('; ')}).`,
      'Sign in with `az login`, run this at a terminal, or pass the access token of Graph Explorer with --graph-token-file.',
    );
  }
  if (!(error instanceof GraphRequestError)) throw error;
  const [problem = '', ...advice] = error.message.split('\n');
  const fix = advice.join(' ') || 'Run this again.';
  return finding('registrations_not_readable', `The app registrations cannot be read. ${problem}`, fix);
}

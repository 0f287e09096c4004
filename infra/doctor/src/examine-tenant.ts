import { type AppDescription, environmentFilesIn, readRemembered } from '@obo/app-registration';
import { type ReachedTenant, SignInFailed } from '@obo/app-registration/command';
import { createGraphClient, GraphRequestError, readTenantId } from '@obo/app-registration/tenant';
import type { Commands } from './commands.ts';
import { checkConsents } from './consent/check-consents.ts';
import { readConsents } from './consent/read-consents.ts';
import type { Files } from './files/read-files.ts';
import { finding, type Observation } from './finding.ts';
import { checkCredential } from './registrations/check-credential.ts';
import { checkRegistrations } from './registrations/check-registrations.ts';
import { type Registrations, readRegistrations } from './registrations/read-registrations.ts';
import { readTrust } from './registrations/read-trust.ts';

export interface TenantExamination {
  tenant: ReachedTenant;
  /** As the identity provider's tokens have it. */
  issuer: string;
  files: Files;
  apps: readonly AppDescription[];
  commands: Commands;
  now: Date;
}

type Observations = Record<'registrations' | 'consent', Observation[]>;

/**
 * Looks at what only the tenant can say: registrations, credential, consents.
 *
 * @returns what cannot be seen as a finding.
 */
export async function examineTenant(examination: TenantExamination): Promise<Observations> {
  const { tenant, files, apps, commands } = examination;
  const graph = createGraphClient({ baseUrl: tenant.graphBaseUrl, getToken: tenant.getToken });
  const wanted = files.environments.middleTierApi.TENANT_ID;
  let registrations: Registrations;
  const observations: Observation[] = [];
  try {
    const id = await readTenantId(graph);
    if (wanted && wanted !== id) {
      const problem = `This is signed in to the tenant ${id}, and the environment files are of ${wanted}.`;
      const fix = `Sign in to the other one (\`az login --tenant ${wanted}\`), or write the files again: \`${commands.register}\`.`;
      return { registrations: [finding('signed_in_to_another_tenant', problem, fix)], consent: [] };
    }
    registrations = await readRegistrations(graph, apps);
    observations.push(...checkRegistrations(registrations, files.environments, commands));
    const middleTier = registrations.apps.find(({ app }) => app.key === 'middleTierApi');
    if (middleTier?.application) {
      const { application, app } = middleTier;
      const environment = files.environments.middleTierApi;
      const { credential } = await readRemembered(environmentFilesIn(files.directory));
      const { TOKEN_EXCHANGE_AUDIENCE: audience = tenant.tokenExchangeAudience } = environment;
      const managed = { issuer: examination.issuer, audience };
      const trust = await readTrust(graph, application, credential, managed);
      const facts = { app: app.uniqueName, application, environment, certificate: files.certificate, trust };
      observations.push(...checkCredential(facts, commands, examination.now));
    }
  } catch (error) {
    return { registrations: [...observations, notSeen(error)], consent: [] };
  }
  try {
    const consents = await readConsents(graph, registrations);
    const there = registrations.apps.filter(({ servicePrincipal }) => servicePrincipal !== null);
    const ofThose = checkConsents(
      consents,
      there.map(({ app }) => app),
      commands,
    );
    return { registrations: observations, consent: ofThose };
  } catch (error) {
    if (!(error instanceof GraphRequestError)) throw error;
    const problem = `What was consented to cannot be seen: ${error.code}.`;
    const fix =
      'Sign in with an account that may read it (DelegatedPermissionGrant.Read.All, Directory.Read.All).';
    return { registrations: observations, consent: [finding('consents_not_readable', problem, fix)] };
  }
}

function notSeen(error: unknown): Observation {
  if (error instanceof SignInFailed) {
    return finding(
      'not_signed_in',
      `App registrations and consents were not looked at, as nobody is signed in (${error.reasons.join('; ')}).`,
      'Sign in with `az login`, run this at a terminal, or take the access token of Graph Explorer: --graph-token-file.',
    );
  }
  if (!(error instanceof GraphRequestError)) throw error;
  const [problem = '', ...advice] = error.message.split('\n');
  const fix = advice.join(' ') || 'Run this again.';
  return finding('registrations_not_readable', `The app registrations cannot be seen. ${problem}`, fix);
}

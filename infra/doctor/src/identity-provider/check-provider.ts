import type { Commands } from '../commands.ts';
import { finding, fine, type Observation } from '../finding.ts';
import type { ExpectedProvider } from './expected-provider.ts';
import type { Provider } from './read-provider.ts';

/** Seconds: the APIs allow a minute; Entra refuses client assertions that are five minutes off. */
const inexact = 60;
const wrong = 300;

/** Looks whether the identity provider is there, is the one that is expected, and has the same time. */
export function checkProvider(
  provider: Provider,
  expected: ExpectedProvider,
  kind: 'local' | 'real',
  commands: Commands,
): Observation[] {
  const { url, state, reason, configuration, keys, clockAhead } = provider;
  const observations: Observation[] = [];
  if (expected.insecure.length > 0) {
    const problem = `The identity provider is asked without https, at ${expected.insecure.join(', ')}.`;
    const fix = 'Set AUTHORITY, and the addresses in AUTHORITY_METADATA, to https URLs.';
    observations.push(finding('identity_provider_not_https', problem, fix));
  }
  if (state === 'unreachable') {
    const fix =
      kind === 'local'
        ? `Start it: \`${commands.start}\`.`
        : 'Check the network, its proxy (NODE_USE_ENV_PROXY=1 with HTTPS_PROXY), and AUTHORITY.';
    const problem = `${url} does not answer (${reason}).`;
    return [...observations, finding('identity_provider_unreachable', problem, fix)];
  }
  if (configuration === null) {
    const problem = `${url} is no OpenID configuration: ${reason}`;
    const fix = `Check TENANT_ID and AUTHORITY, or write the files again: \`${commands.register}\`.`;
    observations.push(finding('tenant_unknown', problem, fix));
  } else {
    observations.push(checkIssuer(configuration.issuer, expected, url, commands));
    observations.push(checkKeys(keys, configuration.jwks_uri));
  }
  if (clockAhead !== null) observations.push(checkClock(clockAhead));
  return observations;
}

function checkIssuer(
  issuer: string,
  { issuer: wanted, isTold }: ExpectedProvider,
  url: string,
  { register }: Commands,
): Observation {
  if (issuer === wanted) return fine(`${issuer} answers, and is the issuer that the APIs expect`);
  const fix = isTold
    ? `AUTHORITY_METADATA is of another time or place. Write it again: \`${register}\`.`
    : `Set AUTHORITY_METADATA in all three files to what ${url} answers.`;
  const problem = `The issuer is ${issuer}, and the APIs expect ${wanted}: they refuse its tokens.`;
  return finding('issuer_differs', problem, fix);
}

function checkKeys(keys: Provider['keys'], url: string): Observation {
  const count = keys?.keys.length ?? 0;
  if (count > 0) return fine(`It publishes ${count} signing ${count === 1 ? 'key' : 'keys'}`);
  const problem = `${url} has no keys: no token can be verified.`;
  return finding('signing_keys_missing', problem, 'Check that this address can be reached from here.');
}

function checkClock(ahead: number): Observation {
  const off = Math.abs(ahead);
  if (off <= inexact) return fine('The clock of this machine is that of the identity provider');
  const problem = `The clock of this machine is ${off} seconds ${ahead > 0 ? 'ahead of' : 'behind'} the identity provider's: tokens count as expired, or as not valid yet.`;
  const fix = 'Have the clock set from the network (NTP).';
  return finding(off > wrong ? 'clock_wrong' : 'clock_inexact', problem, fix);
}

import type { Commands } from '../commands.ts';
import { finding, type Observation, passed } from '../finding.ts';
import type { ExpectedProvider } from './expected-provider.ts';
import type { Provider } from './read-provider.ts';

/** Seconds. The APIs tolerate a minute; Entra rejects client assertions that are five minutes off. */
const toleratedSkew = 60;
const rejectedSkew = 300;

/** Checks that the identity provider answers, is the expected one, and has the same time. */
export function checkProvider(
  provider: Provider,
  expected: ExpectedProvider,
  kind: 'local' | 'real',
  commands: Commands,
): Observation[] {
  const { url, state, reason, configuration, keys, clockAhead } = provider;
  const observations: Observation[] = [];
  if (expected.insecure.length > 0) {
    const problem = `These identity provider URLs use http: ${expected.insecure.join(', ')}.`;
    const fix = 'Set AUTHORITY, and the URLs in AUTHORITY_METADATA, to https URLs.';
    observations.push(finding('identity_provider_not_https', problem, fix));
  }
  if (state === 'unreachable') {
    const fix =
      kind === 'local'
        ? `Start it: \`${commands.start}\`.`
        : 'Check AUTHORITY and the network. Behind a proxy, set HTTPS_PROXY for the APIs, and NODE_USE_ENV_PROXY=1 as well for this command.';
    const problem = `${url} does not answer (${reason}).`;
    return [...observations, finding('identity_provider_unreachable', problem, fix)];
  }
  if (configuration === null) {
    const problem = `${url} does not return an OpenID configuration: ${reason}`;
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
  { issuer: expected, isFromMetadata }: ExpectedProvider,
  url: string,
  { register }: Commands,
): Observation {
  if (issuer === expected) return passed(`${issuer} answers, and is the issuer that the APIs expect`);
  const fix = isFromMetadata
    ? `AUTHORITY_METADATA is out of date. Write it again: \`${register}\`.`
    : `Set AUTHORITY_METADATA in all files to the response from ${url}.`;
  const problem = `The issuer is ${issuer}, but the APIs expect ${expected}: they reject its tokens.`;
  return finding('issuer_differs', problem, fix);
}

function checkKeys(keys: Provider['keys'], url: string): Observation {
  const count = keys?.keys.length ?? 0;
  if (count > 0) return passed(`It publishes ${count} signing ${count === 1 ? 'key' : 'keys'}`);
  const problem = `${url} returns no keys: no token can be verified.`;
  return finding('signing_keys_missing', problem, 'Check that this machine can reach it.');
}

function checkClock(ahead: number): Observation {
  const skew = Math.abs(ahead);
  if (skew <= toleratedSkew) return passed("This machine's clock agrees with the identity provider's");
  const problem = `This machine's clock is ${skew} seconds ${ahead > 0 ? 'ahead of' : 'behind'} the identity provider's: tokens count as expired, or as not valid yet.`;
  const fix = 'Synchronize the clock with the network (NTP).';
  return finding(skew > rejectedSkew ? 'clock_wrong' : 'clock_inexact', problem, fix);
}

import { clouds } from '../clouds.ts';
import type { TokenSource } from './token-source.ts';

export const signInWays = ['azure-cli', 'browser', 'device-code'] as const;
export type SignInWay = (typeof signInWays)[number];

export interface AzureIdentityOptions {
  /** Directory (tenant) ID or a domain of it; the account's own if omitted. */
  tenant?: string | undefined;
  authorityUrl: string;
  /** Origin of Microsoft Graph. */
  graphUrl: string;
  /** Somebody can read what is printed, and act on it. */
  interactive: boolean;
  /** A browser can be expected to open where this runs. */
  hasBrowser: boolean;
  say: (line: string) => void;
}

/** Milliseconds that Azure CLI may take: it is a program to be started. */
const processTimeoutInMs = 30_000;

/**
 * The ways to sign in that most developers have, of `@azure/identity`: Azure CLI's login, a browser, a code to be typed on
 * another device. The last two act as Azure CLI does, which may register applications without anybody's consent.
 */
export function azureIdentitySources({
  tenant,
  authorityUrl,
  graphUrl,
  interactive,
  hasBrowser,
  say,
}: AzureIdentityOptions): Readonly<Record<SignInWay, TokenSource>> {
  const scope = `${graphUrl}/.default`;
  const common = {
    authorityHost: authorityUrl,
    // Microsoft is asked whether an authority is genuine; of one that it does not run it knows nothing.
    disableInstanceDiscovery: !Object.values(clouds).some((cloud) => cloud.authorityUrl === authorityUrl),
    ...(tenant !== undefined && { tenantId: tenant }),
  };
  const nobodyThere = interactive ? undefined : 'nobody is there to sign in, as this is not a terminal';
  // Only when somebody signs in: it takes long to load.
  const lazily = (create: (identity: typeof import('@azure/identity')) => Credential) => {
    let credential: Promise<Credential> | undefined;
    return async () => {
      credential ??= import('@azure/identity').then(create);
      return (await credential).getToken(scope);
    };
  };
  return {
    'azure-cli': {
      name: 'Azure CLI',
      getToken: lazily(
        ({ AzureCliCredential }) =>
          new AzureCliCredential({ processTimeoutInMs, ...(tenant !== undefined && { tenantId: tenant }) }),
      ),
    },
    browser: {
      name: 'browser',
      unavailable: nobodyThere ?? (hasBrowser ? undefined : 'there is no display here'),
      announcement: 'Sign in, in the browser that opens now …',
      getToken: lazily(({ InteractiveBrowserCredential }) => new InteractiveBrowserCredential(common)),
    },
    'device-code': {
      name: 'device code',
      unavailable: nobodyThere,
      announcement: 'Sign in on any device …',
      getToken: lazily(
        ({ DeviceCodeCredential }) =>
          new DeviceCodeCredential({ ...common, userPromptCallback: ({ message }) => say(message) }),
      ),
    },
  };
}

interface Credential {
  getToken(scopes: string): Promise<{ token: string; expiresOnTimestamp: number }>;
}

/**
 * Whether a browser that opens is one that the person sees: not in a session from afar, and on Linux only with a display.
 */
export function hasBrowser(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (env.SSH_CONNECTION || env.CI || env.CODESPACES) return false;
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}

import { clouds } from '../clouds.ts';
import type { TokenSource } from './token-source.ts';

export const signInWays = ['azure-cli', 'browser', 'device-code'] as const;
export type SignInWay = (typeof signInWays)[number];

export interface AzureIdentityOptions {
  /** Directory (tenant) ID or domain; the account's own tenant if omitted. */
  tenant?: string | undefined;
  authorityUrl: string;
  /** Origin of Microsoft Graph. */
  graphUrl: string;
  /** A user can read what is printed, and act on it. */
  interactive: boolean;
  /** A browser that opens is visible to the user. */
  hasBrowser: boolean;
  /** Prints a line for the user. */
  notify: (line: string) => void;
}

/** Azure CLI is a process to start, which can be slow. */
const processTimeoutInMs = 30_000;

/**
 * Creates the ways to sign in that most developers have, with `@azure/identity`: Azure CLI's login, a browser, a code to
 * type on another device. The last two use Azure CLI's client ID, which may register apps without further consent.
 */
export function azureIdentitySources({
  tenant,
  authorityUrl,
  graphUrl,
  interactive,
  hasBrowser,
  notify,
}: AzureIdentityOptions): Readonly<Record<SignInWay, TokenSource>> {
  const scope = `${graphUrl}/.default`;
  const common = {
    authorityHost: authorityUrl,
    // Instance discovery asks Microsoft about an authority. It knows none but its own.
    disableInstanceDiscovery: !Object.values(clouds).some((cloud) => cloud.authorityUrl === authorityUrl),
    ...(tenant !== undefined && { tenantId: tenant }),
  };
  const notInteractive = interactive ? undefined : 'not an interactive terminal';
  // Imported at the first sign-in, as it loads slowly.
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
      unavailable: notInteractive ?? (hasBrowser ? undefined : 'no display'),
      announcement: 'Opening a browser to sign in …',
      getToken: lazily(({ InteractiveBrowserCredential }) => new InteractiveBrowserCredential(common)),
    },
    'device-code': {
      name: 'device code',
      unavailable: notInteractive,
      announcement: 'Sign in on another device …',
      getToken: lazily(
        ({ DeviceCodeCredential }) =>
          new DeviceCodeCredential({ ...common, userPromptCallback: ({ message }) => notify(message) }),
      ),
    },
  };
}

interface Credential {
  getToken(scopes: string): Promise<{ token: string; expiresOnTimestamp: number }>;
}

/** Checks whether a browser that opens is visible to the user: not in a remote session, and on Linux only with a display. */
export function hasBrowser(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (env.SSH_CONNECTION || env.CI || env.CODESPACES) return false;
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}

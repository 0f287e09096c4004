import { randomUUID } from 'node:crypto';
import tls from 'node:tls';
import { createServerCertificate } from '../../src/https-certificate.ts';
import { openBrowser } from '../entra/browser.ts';
import { enterPassword, names } from '../entra/people.ts';
import { openTenant, type TestTenant } from '../entra/tenant.ts';

/** A tenant for clients that insist on https. All of this process trusts its certificate. */
export async function openHttpsTenant(): Promise<{ tenant: TestTenant; close: () => void }> {
  const certificate = await createServerCertificate();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate.cert]);
  return openTenant({ certificate });
}

/** Walks the sign-in pages from there, consents, and returns the address that the browser is sent back to. */
export async function signInFrom(
  tenant: TestTenant,
  url: URL | string,
  username: string = names.employee,
): Promise<URL> {
  const browser = openBrowser(tenant);
  const first = await browser.open(url);
  const seen = first.steps.includes('account')
    ? await enterPassword(browser, username)
    : await browser.submit('password', { password: 'local-tenant' });
  const { response } = seen.steps.includes('consent')
    ? await browser.submit('consent', { consent: 'accept' })
    : seen;
  return new URL(response.headers.get('location') ?? '');
}

/** Types the code of a device, and signs in for it. */
export async function signInForDevice(tenant: TestTenant, userCode: string): Promise<void> {
  const browser = openBrowser(tenant);
  await browser.open(`${tenant.baseUrl}/common/oauth2/deviceauth`);
  await browser.submit('device-code', { user_code: userCode });
  const { steps } = await enterPassword(browser);
  if (steps.includes('consent')) await browser.submit('consent', { consent: 'accept' });
  await browser.submit('device-confirmation', { continue: 'yes' });
}

/** Registers an application that has no secret, and returns its id. */
export function registerPublicClient(tenant: TestTenant): string {
  const appId = randomUUID();
  tenant.register({
    appId,
    displayName: 'public client',
    isFallbackPublicClient: true,
    publicClient: { redirectUris: ['http://localhost'] },
  });
  return appId;
}

/** What `@azure/identity` needs to know: the authority is not one of Microsoft's, so Microsoft is not asked about it. */
export const azureOptions = ({ baseUrl }: TestTenant) => ({
  authorityHost: baseUrl,
  disableInstanceDiscovery: true,
});

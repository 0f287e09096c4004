import { randomUUID } from 'node:crypto';
import tls from 'node:tls';
import { createServerCertificate } from '../../src/https-certificate.ts';
import { openBrowser, type Seen } from '../entra/browser.ts';
import { openTenant, type TestTenant } from '../entra/tenant.ts';
import { enterPassword } from '../entra/users.ts';

const certificate = await createServerCertificate();
tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificate.cert]);

/** Opens a tenant for clients that require https. This whole process trusts its certificate. */
export const openHttpsTenant = () => openTenant({ certificate });

/** Walks the sign-in pages from a URL, and consents. */
async function walk(tenant: TestTenant, url: URL | string): Promise<Seen> {
  const browser = openBrowser(tenant);
  await browser.open(url);
  const seen = await enterPassword(browser);
  return seen.steps.includes('consent') ? browser.submit('consent', { consent: 'accept' }) : seen;
}

/** Signs in from a URL, and returns the address that the browser is redirected to. */
export async function signInFrom(tenant: TestTenant, url: URL | string): Promise<URL> {
  const { response } = await walk(tenant, url);
  return new URL(response.headers.get('location') ?? '');
}

/** Signs in from a URL, and follows the redirect or the form to the client's own server. */
export async function signInThrough(tenant: TestTenant, url: string): Promise<void> {
  const { response, page } = await walk(tenant, url);
  const location = response.headers.get('location');
  const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(page) ?? [];
  const body = new URLSearchParams();
  for (const [, name = '', value = ''] of page.matchAll(
    /<input type="hidden" name="([^"]+)" value="([^"]*)">/g,
  ))
    body.append(name, value);
  const sent = location === null ? fetch(action, { method: 'POST', body }) : fetch(location);
  // The client's server may close before it has answered, as soon as it has the code.
  await sent.catch(() => undefined);
}

/** Types a device's code, and signs in for it. */
export async function signInForDevice(tenant: TestTenant, userCode: string): Promise<void> {
  const browser = openBrowser(tenant);
  await browser.open(`${tenant.baseUrl}/common/oauth2/deviceauth`);
  await browser.submit('device-code', { user_code: userCode });
  const { steps } = await enterPassword(browser);
  if (steps.includes('consent')) await browser.submit('consent', { consent: 'accept' });
  await browser.submit('device-confirmation', { continue: 'yes' });
}

/** Registers an application without a secret, and returns its ID. */
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

/** Options for `@azure/identity`, which must not ask Microsoft about an authority that is not Microsoft's. */
export const azureOptions = ({ baseUrl }: TestTenant) => ({
  authorityHost: baseUrl,
  disableInstanceDiscovery: true,
});

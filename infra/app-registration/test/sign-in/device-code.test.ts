import { once } from 'node:events';
import { createServer } from 'node:https';
import tls from 'node:tls';
import { createLocalTenant, password, signInForDeviceOverHttp } from '@obo/local-tenant';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { azureIdentitySources } from '../../src/sign-in/azure-identity.ts';
import { createSignIn } from '../../src/sign-in/token-source.ts';
import { GraphClient } from '../../src/tenant/graph-client.ts';
import { readSignedIn } from '../../src/tenant/signed-in.ts';

/** Starts a tenant with TLS, which @azure/identity requires. This process trusts its certificate. */
async function startHttpsTenant() {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
  });
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, cert]);
  onTestFinished(() => tls.setDefaultCACertificates(trusted));
  const server = createServer({ key, cert }).listen(0, 'localhost');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  const baseUrl = `https://localhost:${typeof address === 'object' ? address?.port : ''}`;
  const tenant = await createLocalTenant({ baseUrl, dataDirectory: null });
  server.on('request', tenant.app);
  return { baseUrl, tenant };
}

test('a code that is typed on another device signs in, with the client ID of Azure CLI', async () => {
  const { baseUrl, tenant } = await startHttpsTenant();
  tenant.lifetimes.devicePolling = 0;
  const sources = azureIdentitySources({
    tenant: tenant.tenantId,
    authorityUrl: baseUrl,
    graphUrl: 'https://graph.microsoft.com',
    interactive: true,
    hasBrowser: false,
    notify(line) {
      const userCode = /enter the code (\S+)/.exec(line)?.[1] ?? '';
      const username = 'kwame.mensah@contoso.example';
      void signInForDeviceOverHttp({ baseUrl, userCode, username, password });
    },
  });
  const { getToken, source } = createSignIn([sources.browser, sources['device-code']], () => {});
  const graph = new GraphClient({ baseUrl: tenant.graphBaseUrl, getToken });
  expect(await readSignedIn(graph)).toMatchObject({
    account: { userPrincipalName: 'kwame.mensah@contoso.example' },
    mayConsent: true,
  });
  expect(source()).toBe('device code');
});

import { randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Chain, startChain } from '../chain/chain.ts';
import { startMiddleTierProcess } from '../chain/middle-tier-process.ts';

let chain: Chain;
let token: string;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'client-credentials-'));
  chain = await startChain();
  token = await chain.accessTokenOf('priya.raman@contoso.example');
});
beforeEach(() => {
  Object.assign(application(), {
    passwordCredentials: [],
    keyCredentials: [],
    federatedIdentityCredentials: [],
  });
});
afterAll(async () => {
  await chain.close();
  await rm(directory, { recursive: true });
});

const whole = { status: 200, body: { profile: { state: 'ok' }, leave: { state: 'ok' } } };
const misconfigured = { status: 500, body: { code: 'identity_configuration' } };

function application() {
  const found = chain.tenant.directory.findApplication(chain.environments.middleTierApi.CLIENT_ID ?? '');
  if (!found) throw new Error('The middle tier is not registered.');
  return found;
}

/** Runs a middle tier with one client credential. */
async function start(credential: Record<string, string>) {
  const { CLIENT_SECRET: _secret, ...environment } = chain.environments.middleTierApi;
  const api = await startMiddleTierProcess({ ...environment, PORT: '0', ...credential });
  onTestFinished(async () => {
    api.signal('SIGKILL');
    await api.ended;
  });
  const ask = async (path: string) => {
    const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: await response.json() };
  };
  return {
    overview: () => ask('/api/overview'),
    readiness: () => ask('/readyz'),
    /** Returns the AADSTS numbers in its log. */
    rejections: () =>
      api.logs.flatMap((line) => [...line.matchAll(/"errorNo":"?(\d+)/g)].map(([, number]) => number)),
    logs: api.logs,
  };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function fileWith(text: string): Promise<string> {
  const file = join(directory, randomUUID());
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

const trust = (issuer: string, subject: string) =>
  application().federatedIdentityCredentials.push({
    id: randomUUID(),
    name: 'trusted',
    issuer,
    subject,
    description: null,
    audiences: ['api://AzureADTokenExchange'],
  });

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

describe('with a certificate', () => {
  const make = () => generate([{ name: 'commonName', value: 'middle-tier' }], { algorithm: 'sha256' });
  const register = (pem: string) =>
    application().keyCredentials.push({
      keyId: randomUUID(),
      displayName: null,
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
      startDateTime: null,
      endDateTime: new Date(Date.now() + 86_400_000).toISOString(),
      customKeyIdentifier: null,
      key: new X509Certificate(pem).raw.toString('base64'),
    });

  test('the chain works, another certificate is rejected with AADSTS700027, and a renewed file is used without a restart', async () => {
    const [first, second] = [await make(), await make()];
    const file = await fileWith(`${first.private}\n${first.cert}`);
    register(second.cert);
    const api = await start({ CLIENT_CERTIFICATE_FILE: file });
    expect(await api.overview()).toMatchObject(misconfigured);
    expect(new Set(api.rejections())).toEqual(new Set(['700027']));
    expect((await api.readiness()).body.checks).toEqual({ signing_keys: 'ok', client_credential: 'failing' });

    await writeFile(file, `${second.private}\n${second.cert}`);
    expect(await api.overview()).toMatchObject(whole);

    await rm(file);
    expect((await api.readiness()).body.checks).toEqual({ signing_keys: 'ok', client_credential: 'failing' });
  });
});

describe('with the token of a workload identity', () => {
  test('the chain works, and a token file that the platform renews is read again without a restart', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const key = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
    const iss = await serve((request, response) => {
      const isDiscovery = request.url?.startsWith('/.well-known') === true;
      response.end(JSON.stringify(isDiscovery ? { jwks_uri: `${iss}/keys` } : { keys: [key] }));
    });
    const sign = (claims: JWTPayload) =>
      new SignJWT({ iss, aud: 'api://AzureADTokenExchange', exp: inAnHour(), ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'key-1' })
        .sign(privateKey);
    const sub = 'system:serviceaccount:leave:middle-tier';
    trust(iss, sub);

    const file = await fileWith(await sign({ sub: 'system:serviceaccount:default:default' }));
    const api = await start({ AZURE_FEDERATED_TOKEN_FILE: file });
    expect(await api.overview()).toMatchObject(misconfigured);
    expect(new Set(api.rejections())).toEqual(new Set(['700213']));

    await writeFile(file, await sign({ sub }));
    expect(await api.overview()).toMatchObject(whole);
    await writeFile(file, '');
    expect(await api.overview()).toMatchObject(whole);
    expect((await api.readiness()).status).toBe(503);
  });
});

describe('with a managed identity', () => {
  const clientId = randomUUID();
  const principalId = randomUUID();

  /** The platform's endpoint. It issues tokens of this tenant while it works. */
  async function startEndpoint() {
    const { kid, privateKey } = chain.tenant.signingKeys.current();
    const state = { answers: 200, asked: 0 };
    const url = await serve(async (request, response) => {
      state.asked += 1;
      const { searchParams } = new URL(request.url ?? '', 'http://endpoint');
      const allowed =
        request.headers['x-identity-header'] === 'of-the-platform' &&
        searchParams.get('client_id') === clientId;
      if (!allowed || state.answers !== 200) return void response.writeHead(state.answers).end('{}');
      const claims = {
        iss: chain.tenant.authorityMetadata.issuer,
        aud: 'fb60f99c-7a34-4190-8149-302f77469936',
        sub: principalId,
        xms_mirid: '/subscriptions/…/userAssignedIdentities/leave',
        exp: inAnHour(),
      };
      const access_token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid })
        .sign(privateKey);
      response.end(JSON.stringify({ access_token, expires_on: String(claims.exp), token_type: 'Bearer' }));
    });
    return { state, variables: { IDENTITY_ENDPOINT: `${url}/token`, IDENTITY_HEADER: 'of-the-platform' } };
  }

  test('the chain works without a secret, with one identity token for both exchanges, once the registration trusts it', async () => {
    trust(chain.tenant.authorityMetadata.issuer, clientId);
    const { state, variables } = await startEndpoint();
    const api = await start({ MANAGED_IDENTITY_CLIENT_ID: clientId, ...variables });
    expect(await api.overview()).toMatchObject(misconfigured);
    expect(new Set(api.rejections())).toEqual(new Set(['700213']));

    application().federatedIdentityCredentials = [];
    trust(chain.tenant.authorityMetadata.issuer, principalId);
    expect(await api.overview()).toMatchObject(whole);
    expect(state.asked).toBe(1);
  });

  test('a failing endpoint is reported, the instance is not ready, and it recovers by itself', async () => {
    trust(chain.tenant.authorityMetadata.issuer, principalId);
    const { state, variables } = await startEndpoint();
    state.answers = 500;
    const api = await start({ MANAGED_IDENTITY_CLIENT_ID: clientId, ...variables });
    const { status, body } = await api.overview();
    expect({ status, code: body.code }).toEqual({ status: 502, code: 'dependencies_unavailable' });
    for (const section of [body.sections.profile, body.sections.leave]) {
      expect(section.problem).toMatchObject({
        code: 'identity_provider_unavailable',
        dependency: 'managed_identity',
        reason: 'failing',
      });
    }
    expect(await api.readiness()).toMatchObject({
      status: 503,
      body: { checks: { client_credential: 'failing' }, dependencies: { managed_identity: 'failing' } },
    });

    state.answers = 200;
    expect(await api.readiness()).toMatchObject({
      status: 200,
      body: { checks: { client_credential: 'ok' }, dependencies: { managed_identity: 'answering' } },
    });
    expect(await api.overview()).toMatchObject(whole);
    expect(api.logs.join('\n')).not.toContain('of-the-platform');
  });

  test('an identity that is not assigned to this machine is reported as a misconfiguration', async () => {
    const { state, variables } = await startEndpoint();
    state.answers = 400;
    const api = await start({ MANAGED_IDENTITY_CLIENT_ID: clientId, ...variables });
    expect(await api.overview()).toMatchObject(misconfigured);
  });
});

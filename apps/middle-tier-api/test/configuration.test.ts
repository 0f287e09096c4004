import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { validators } from '@obo/access-token/testing';
import { ConfigurationError } from '@obo/service-defaults/configuration';
import { afterAll, describe, expect, test } from 'vitest';
import { variablesSchema } from '../src/configuration.ts';
import { readConfiguration } from '../src/index.ts';

const lastValidator = `${validators.at(-1)}`;
const guid = '3f1c7a52-8d4b-4e6a-9b0c-2d5e8f7a1b34';
const complete = {
  TENANT_ID: guid,
  AUTHORITY: `https://login.microsoftonline.com/${guid}`,
  CLIENT_ID: guid,
  CLIENT_SECRET: 'Abc8Q~value-of-a-secret-0123456789',
  ALLOWED_CLIENT_IDS: guid,
  ALLOWED_ORIGINS: 'http://localhost:3000',
  DOWNSTREAM_API_BASE_URL: 'http://localhost:4100',
  DOWNSTREAM_API_APP_ID_URI: `api://${guid}`,
};

const messageOf = (env: Record<string, string>): string => {
  try {
    readConfiguration(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the configuration of the middle tier', () => {
  test('needs only what the registration provides', () => {
    expect(readConfiguration(complete)).toMatchObject({
      port: 4000,
      host: 'localhost',
      consentScope: `api://${guid}/.default`,
      authority: {
        issuer: `https://login.microsoftonline.com/${guid}/v2.0`,
        jwksUri: `https://login.microsoftonline.com/${guid}/discovery/v2.0/keys`,
      },
      downstream: {
        scopes: {
          read: [`api://${guid}/Leave.Read`],
          write: [`api://${guid}/Leave.ReadWrite`],
          approve: [`api://${guid}/Leave.Approve`],
        },
      },
    });
  });

  const upper = guid.toUpperCase();
  const tenantUrl = complete.AUTHORITY;
  const rows: [name: string, value: string, configuration: object][] = [
    ['TENANT_ID', upper, { authority: { tenantId: guid, issuer: `${tenantUrl}/v2.0` } }],
    [
      'CLIENT_ID',
      upper,
      { clientId: guid, appIdUri: `api://${guid}`, consentScope: `api://${guid}/.default` },
    ],
    ['CLIENT_ID', ` ${guid}\r`, { clientId: guid }],
    ['ALLOWED_CLIENT_IDS', `${upper}, ${upper}`, { allowedClientIds: [guid, guid] }],
    ['ALLOWED_TENANT_IDS', upper, { authority: { allowedTenantIds: [guid] } }],
    ['AUTHORITY', `${tenantUrl}/`, { authority: { url: tenantUrl } }],
    ['AUTHORITY', `${tenantUrl}/v2.0`, { authority: { url: tenantUrl, issuer: `${tenantUrl}/v2.0` } }],
    ['AUTHORITY', `${tenantUrl}/v2.0/`, { authority: { url: tenantUrl } }],
    ['AUTHORITY', `https://LOGIN.microsoftonline.com/${upper}`, { authority: { url: tenantUrl } }],
    [
      'AUTHORITY',
      'https://login.microsoftonline.com/Contoso.example/v2.0',
      {
        authority: {
          url: 'https://login.microsoftonline.com/contoso.example',
          issuer: `${tenantUrl}/v2.0`,
        },
      },
    ],
    [
      'ISSUER_V1',
      `https://sts.windows.net/${upper}/`,
      { authority: { issuerV1: `https://sts.windows.net/${guid}/` } },
    ],
    [
      'APP_ID_URI',
      `api://contoso.example/${upper}`,
      {
        appIdUri: `api://contoso.example/${guid}`,
        consentScope: `api://contoso.example/${guid}/.default`,
      },
    ],
    [
      'APP_ID_URI',
      'https://contoso.example/leave/',
      { consentScope: 'https://contoso.example/leave//.default' },
    ],
    [
      'DOWNSTREAM_API_APP_ID_URI',
      `api://${upper}\n`,
      { downstream: { scopes: { read: [`api://${guid}/Leave.Read`] } } },
    ],
    [
      'CLIENT_SECRET',
      ` ${complete.CLIENT_SECRET}\r\n`,
      { clientCredential: { kind: 'secret', secret: complete.CLIENT_SECRET } },
    ],
    ['PORT', ' 4001\n', { port: 4001 }],
    ['ACCESS_TOKEN_VALIDATOR', `${lastValidator}\n`, { validator: lastValidator }],
  ];
  test.each(rows)('normalizes %s=%j', (name, value, configuration) => {
    expect(readConfiguration({ ...complete, [name]: value })).toMatchObject(configuration);
  });

  test('derives issuer and keys for an external tenant from its host, which contains the ID', () => {
    const authority = `https://${guid}.ciamlogin.com/${guid}`;
    expect(readConfiguration({ ...complete, AUTHORITY: authority }).authority).toMatchObject({
      issuer: `${authority}/v2.0`,
      jwksUri: `${authority}/discovery/v2.0/keys`,
    });
  });

  test('uses issuer and keys from the metadata if they are configured', () => {
    const metadata = {
      issuer: 'http://localhost:4400/x/v2.0',
      jwks_uri: 'http://localhost:4400/x/keys',
      authorization_endpoint: 'http://localhost:4400/x/authorize',
      token_endpoint: 'http://localhost:4400/x/token',
    };
    const { authority } = readConfiguration({ ...complete, AUTHORITY_METADATA: JSON.stringify(metadata) });
    expect(authority).toMatchObject({ issuer: metadata.issuer, jwksUri: metadata.jwks_uri, metadata });
  });

  test('measures nothing by default', () => {
    expect(readConfiguration(complete).telemetry).toEqual({ metrics: undefined, traces: undefined });
    const wanted = {
      METRICS_PORT: '9464',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%2Cb=c, x-team=leave',
    };
    expect(readConfiguration({ ...complete, ...wanted }).telemetry).toEqual({
      metrics: { host: 'localhost', port: 9464 },
      traces: {
        endpoint: 'http://collector:4318',
        headers: { 'api-key': 'a,b=c', 'x-team': 'leave' },
        sampleRatio: 1,
      },
    });
  });

  test('has every variable in .env.example, with what it is by default', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const named = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$/gm)];
    expect(named.map(([, name]) => name).sort()).toEqual(Object.keys(variablesSchema.shape).sort());
    const values = parseEnv(example);
    const required = Object.fromEntries(Object.keys(complete).map((name) => [name, values[name]]));
    const secret = { CLIENT_SECRET: complete.CLIENT_SECRET };
    expect(readConfiguration({ ...values, ...secret })).toEqual(
      readConfiguration({ ...required, ...secret }),
    );
  });

  test('names every missing variable in one message', () => {
    const message = messageOf({});
    const { CLIENT_SECRET: _secret, ...others } = complete;
    for (const name of Object.keys(others)) expect(message).toContain(`${name}: is missing`);
    expect(message).toContain(
      'CLIENT_SECRET, CLIENT_CERTIFICATE_FILE, MANAGED_IDENTITY_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE: one of these must be set',
    );
  });

  test('reports the calendar without keys as one error', () => {
    const withCalendar = { ...complete, PUBLIC_URL: 'https://api.example' };
    const [, problem, ...others] = messageOf(withCalendar).split('\n');
    expect(problem).toMatch(/^ +TOKEN_CACHE_KEYS: must be set if PUBLIC_URL is, because refresh tokens /);
    expect(others).toEqual([expect.stringMatching(/^Each variable is explained/)]);
    expect(
      messageOf({ ...withCalendar, TOKEN_CACHE_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}` }),
    ).toBe('accepted');
  });

  test.each([
    ['TENANT_ID', 'contoso.onmicrosoft.com', 'must be a GUID'],
    ['AUTHORITY', 'http://login.example/tenant', 'must be an https URL'],
    ['AUTHORITY', `https://login.microsoftonline.com/common`, "must end with the API's own tenant"],
    ['AUTHORITY', `https://login.microsoftonline.com/Organizations/`, "must end with the API's own tenant"],
    ['AUTHORITY', `https://login.microsoftonline.com/consumers/v2.0`, "must end with the API's own tenant"],
    ['AUTHORITY', 'https://login.microsoftonline.com', 'must be an https URL that ends with the tenant'],
    [
      'AUTHORITY',
      'https://login.microsoftonline.com/v2.0/',
      'must be an https URL that ends with the tenant',
    ],
    ['AUTHORITY', `https://login.microsoftonline.com/${guid}?p=policy`, 'ends with the tenant'],
    ['AUTHORITY', `https://login.microsoftonline.com/${guid}/oauth2/v2.0/token`, 'ends with the tenant'],
    [
      'AUTHORITY',
      'https://login.microsoftonline.com/7c9b1f3e-2d5a-4b60-8e71-0a4c6d8f2b19',
      'must end with the tenant of TENANT_ID',
    ],
    ['APP_ID_URI', guid, 'must be an Application ID URI'],
    ['APP_ID_URI', `api://${guid}/.default`, 'must be without the scope'],
    ['DOWNSTREAM_API_APP_ID_URI', guid, 'must be an Application ID URI'],
    ['ISSUER_V1', guid, 'must be the URL of an issuer'],
    ['CLIENT_SECRET', `"${complete.CLIENT_SECRET}"`, 'has quotes around it'],
    ['AUTHORITY_METADATA', '{"issuer"', 'must be JSON'],
    ['CLIENT_SECRET', guid, "looks like the secret's ID"],
    ['CLIENT_SECRET', 'x7', 'too short'],
    ['MANAGED_IDENTITY_CLIENT_ID', 'leave-identity', 'must be a GUID'],
    ['CLIENT_CERTIFICATE_FILE', '/nowhere.pem', 'is not a file that can be read'],
    ['AZURE_FEDERATED_TOKEN_FILE', '/nowhere', 'is not a file that can be read'],
    ['ALLOWED_CLIENT_IDS', ' , ', 'must name at least one'],
    ['ALLOWED_ORIGINS', 'http://localhost:3000/', 'must be an origin'],
    ['ALLOWED_ORIGINS', '*', 'must be an origin'],
    ['GRAPH_BASE_URL', 'ftp://graph', 'must be an http or https URL'],
    ['PORT', '99999', 'PORT'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL'],
    ['RATE_LIMIT_PER_ADDRESS', '-1', 'must not be negative'],
    ['RATE_LIMIT_PER_USER', 'many', 'must be a number of requests'],
    ['TRUSTED_PROXY_HOPS', 'true', 'must be a number of proxies'],
    ['TRUSTED_PROXY_HOPS', '11', 'must be at most 10'],
    ['METRICS_PORT', 'on', 'must be a port number'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'must be an http or https URL'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key', 'must be written as name=value'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=%ff', 'must be written as name=value'],
    ['OTEL_TRACES_SAMPLER_ARG', '2', 'must be a number from 0 to 1'],
    ['ACCESS_TOKEN_VALIDATOR', 'none', lastValidator],
    ['PUBLIC_URL', 'ftp://api.example', 'must be an http or https URL'],
    ['LONG_RUNNING_SESSION_DAYS', '0', 'must be at least 1'],
    ['LONG_RUNNING_SESSION_DAYS', '367', 'must be at most 366'],
    ['TOKEN_CACHE_MEGABYTES', '0', 'must be at least 1'],
    ['TOKEN_CACHE_MEGABYTES', '128 MB', 'must be a number of megabytes'],
  ])('rejects %s=%s with the reason, without repeating the value', (name, value, reason) => {
    const message = messageOf({ ...complete, [name]: value });
    expect(message).toContain(name);
    expect(message).toContain(reason);
    if (name === 'CLIENT_SECRET') expect(message).not.toContain(value);
  });
});

describe('the credential of the middle tier', () => {
  const directory = mkdtempSync(join(tmpdir(), 'credential-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const fileWith = (text: string) => {
    const file = join(directory, crypto.randomUUID());
    writeFileSync(file, text);
    return file;
  };
  const { CLIENT_SECRET: secret, ...others } = complete;

  test('is the one that is configured', () => {
    const token = fileWith('aaa.bbb.ccc\n');
    const credentialOf = (env: Record<string, string>) =>
      readConfiguration({ ...others, ...env }).clientCredential;
    expect(credentialOf({ CLIENT_SECRET: secret })).toEqual({ kind: 'secret', secret });
    expect(credentialOf({ AZURE_FEDERATED_TOKEN_FILE: token })).toEqual({ kind: 'token_file', file: token });
    expect(credentialOf({ MANAGED_IDENTITY_CLIENT_ID: guid })).toEqual({
      kind: 'managed_identity',
      clientId: guid,
      audience: 'api://AzureADTokenExchange',
    });
    const audience = 'api://AzureADTokenExchangeUSGov';
    expect(
      credentialOf({ MANAGED_IDENTITY_CLIENT_ID: guid, TOKEN_EXCHANGE_AUDIENCE: audience }),
    ).toMatchObject({ audience });
  });

  test('is rejected if two are configured, with their names and not their values', () => {
    const message = messageOf({ ...complete, MANAGED_IDENTITY_CLIENT_ID: guid, PORT: 'x' });
    expect(message).toContain(
      'only one of these may be set, and CLIENT_SECRET and MANAGED_IDENTITY_CLIENT_ID are',
    );
    expect(message).toContain('PORT: must be a port number');
    expect(message).not.toContain(secret);
  });

  test('is rejected if its file contains something else', () => {
    expect(messageOf({ ...others, CLIENT_CERTIFICATE_FILE: fileWith('a secret') })).toContain(
      'CLIENT_CERTIFICATE_FILE: contains no private key',
    );
    expect(messageOf({ ...others, AZURE_FEDERATED_TOKEN_FILE: fileWith('a secret') })).toContain(
      'AZURE_FEDERATED_TOKEN_FILE: contains no token',
    );
  });
});

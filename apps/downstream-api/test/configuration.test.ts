import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigurationError } from '@obo/service-defaults/configuration';
import { describe, expect, test } from 'vitest';
import { readConfiguration, variablesSchema } from '../src/index.ts';

const id = '3b0f6a52-5b0e-4f0a-9a51-0a8d0e6c7f21';
const complete = {
  TENANT_ID: id,
  AUTHORITY: `https://login.microsoftonline.com/${id}`,
  CLIENT_ID: id,
  ALLOWED_CLIENT_IDS: id,
};

describe('the configuration', () => {
  test('requires only the tenant and the applications', () => {
    expect(readConfiguration(complete)).toMatchObject({
      host: 'localhost',
      port: 4100,
      logLevel: 'info',
      authority: {
        issuer: `https://login.microsoftonline.com/${id}/v2.0`,
        jwksUri: `https://login.microsoftonline.com/${id}/discovery/v2.0/keys`,
      },
      clientId: id,
      allowedClientIds: [id],
      database: { directory: '.data' },
      entitlementDays: 25,
    });
  });

  test('has GUIDs in lower case, as tokens have them, and the authority without /v2.0', () => {
    const upper = id.toUpperCase();
    const environment = {
      TENANT_ID: upper,
      AUTHORITY: `https://login.microsoftonline.com/${upper}/v2.0`,
      CLIENT_ID: upper,
      ALLOWED_CLIENT_IDS: upper,
    };
    expect(readConfiguration(environment)).toEqual(readConfiguration(complete));
  });

  test('uses the server if both a server and a directory are set', () => {
    const url = 'postgres://leave@db.example:5432/leave';
    const { database } = readConfiguration({ ...complete, DATABASE_URL: url, DATA_DIRECTORY: '/data' });
    expect(database).toEqual({ url });
  });

  test('has every variable in .env.example, with its default', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
    const names = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);
    expect(names).toEqual(Object.keys(variablesSchema.shape));
    const values = parseEnv(example);
    const required = Object.fromEntries(Object.keys(complete).map((name) => [name, values[name]]));
    expect(readConfiguration(values)).toEqual(readConfiguration(required));
  });

  test('lists everything that is missing in one message', () => {
    const message = failureOf({});
    for (const name of Object.keys(complete)) expect(message).toContain(`${name}: is missing`);
    expect(message).toContain('.env.example');
  });

  test('lists everything that is wrong in one message, without the values', () => {
    const wrong = {
      TENANT_ID: 'contoso.example',
      AUTHORITY: 'http://login.example',
      AUTHORITY_METADATA: '{wrong',
      CLIENT_ID: 'wrong-client',
      ALLOWED_CLIENT_IDS: ',',
      ACCESS_TOKEN_VALIDATOR: 'wrong-validator',
      PORT: '70000',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://user:secret@db.example/leave',
      LEAVE_ENTITLEMENT_DAYS: '25.5',
    };
    const message = failureOf(wrong);
    for (const [name, value] of Object.entries(wrong)) {
      expect(message).toContain(`  ${name}: `);
      if (value.length > 1) expect(message).not.toContain(value);
    }
  });

  test.each([
    ['AUTHORITY', 'https://login.microsoftonline.com/organizations'],
    ['DATABASE_URL', 'localhost:5432'],
    ['DATABASE_URL', 'https://db.example/leave'],
    ['LEAVE_ENTITLEMENT_DAYS', '-1'],
    ['LEAVE_ENTITLEMENT_DAYS', '367'],
    ['LEAVE_ENTITLEMENT_DAYS', 'many'],
    ['PORT', '4100a'],
  ])('rejects %s=%s', (name, value) => {
    expect(failureOf({ ...complete, [name]: value })).toContain(`  ${name}: `);
  });
});

function failureOf(env: Record<string, string>): string {
  try {
    readConfiguration(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('The configuration was accepted');
}

import { request as httpRequest } from 'node:http';
import {
  createHealth,
  createService,
  jsonBody,
  type Listening,
  listen,
  route,
} from '@obo/service-defaults/server';
import { createTestLogger } from '@obo/service-defaults/testing';
import { Router } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTokenOf, createAccessTokenGuard } from '../src/guard.ts';
import { validators } from '../src/verify-token.ts';
import { api, client, type Forge, scope, startForge, tenantId } from '../testing/forge.ts';
import { catalogue, type Row } from './catalogue.ts';

const challenges: Record<string, string | undefined> = {
  missing_token: 'Bearer',
  invalid_token: 'Bearer error="invalid_token"',
  invalid_request: 'Bearer error="invalid_request"',
  insufficient_scope: `Bearer error="insufficient_scope", scope="${scope}"`,
};

interface Answer {
  status: number;
  challenge: string | undefined;
  body: string;
}

describe.each(validators)('%s', (validator) => {
  let forge: Forge;
  let server: Listening;

  beforeAll(async () => {
    forge = await startForge();
    const guard = createAccessTokenGuard({
      authority: {
        url: forge.issuer,
        tenantId,
        issuer: forge.issuer,
        jwksUri: forge.jwksUri,
        metadata: undefined,
      },
      clientId: api,
      allowedClientIds: [client],
      validator,
    });
    const routes = Router();
    const who = (
      _request: unknown,
      response: Parameters<typeof accessTokenOf>[0] & { json(body: object): unknown },
    ) => void response.json({ oid: accessTokenOf(response).claims.oid });
    route(routes, '/who', {
      get: [guard.requireScope(scope), who],
      post: [guard.requireScope(scope), jsonBody, who],
    });
    const logger = createTestLogger('test');
    const app = createService({ logger, health: createHealth({ keys: guard.ready }), openapi: {}, routes });
    server = await listen(app, { host: 'localhost', port: 0 });
  });

  afterAll(async () => {
    expect(forge.attackerConnections()).toBe(0);
    await server.close();
    await forge.close();
  });

  function ask({ authorization, request }: Row): Promise<Answer> {
    const { method = 'GET', path = '/who', headers = {}, body } = request?.(forge) ?? {};
    const lines = authorization?.(forge);
    return new Promise((resolve, reject) => {
      const sent = httpRequest(`${server.url}${path}`, { method, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            challenge: response.headers['www-authenticate'],
            body: Buffer.concat(chunks).toString(),
          });
          sent.destroy();
        });
      });
      sent.on('error', reject);
      for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
      if (lines !== undefined)
        sent.setHeader('authorization', Array.isArray(lines) ? lines : Buffer.from(lines).toString('latin1'));
      if (body === undefined) sent.end();
      else if (Number(headers['content-length'] ?? 0) > body.length) sent.write(body);
      else sent.end(body);
    });
  }

  test('a token of 100 kB never reaches the application', async () => {
    const answer = ask({ title: '', status: 431, authorization: () => `Bearer ${'x'.repeat(100_000)}` });
    // The server answers 431 and closes; whether the answer or the reset arrives first is the network's choice.
    const status = await answer.then(({ status }) => status).catch((error: Error) => error.message);
    expect(status).toSatisfy((seen: unknown) => seen === 431 || /ECONNRESET|EPIPE/.test(String(seen)));
  });

  describe.each(Object.entries(catalogue))('%s', (_group, rows) => {
    const twice = rows.flatMap((row) => [
      [row.title, row] as const,
      [`${row.title}, once more`, row] as const,
    ]);
    test.each(twice)('%s', async (_title, row) => {
      const { status, challenge, body } = await ask(row);
      expect(status).toBe(row.status);
      if (row.code === undefined) {
        expect(JSON.parse(body)).toEqual({ oid: forge.claims().oid });
        return;
      }
      expect(JSON.parse(body)).toMatchObject({
        status,
        code: row.code,
        type: `/problems/${row.code}`,
      });
      expect(challenge).toBe(challenges[row.code]);
    });
  });
});

test('the catalogue has at least 130 rows', () => {
  expect(Object.values(catalogue).flat().length).toBeGreaterThanOrEqual(130);
});

import { errorPages } from '@obo/service-defaults/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { describeApi } from '../src/openapi.ts';
import { type RunningApi, startApi, unusedDatabase } from './support/api.ts';

const documentSchema = z.object({
  openapi: z.string().startsWith('3.1.'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({ security: z.array(z.unknown()), responses: z.record(z.string(), z.unknown()) }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

let api: RunningApi;
beforeAll(async () => {
  api = await startApi(unusedDatabase);
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  test('is public and contains exactly the schemas it refers to', async () => {
    const response = await fetch(`${api.url}/openapi.json`);
    expect(response.headers.get('content-type')).toContain('application/json');
    const text = await response.text();
    const { components } = documentSchema.parse(JSON.parse(text));
    const referred = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(new Set(referred)).toEqual(new Set(Object.keys(components.schemas)));
  });

  test('describes the body of a new leave request', () => {
    const { NewLeaveRequest } = describeApi(api.issuer.authority).components.schemas;
    expect(NewLeaveRequest).toMatchObject({
      type: 'object',
      required: ['startDate', 'endDate', 'approver'],
      properties: {
        startDate: { type: 'string', format: 'date' },
        endDate: { type: 'string', format: 'date' },
        note: expect.anything(),
        approver: expect.anything(),
      },
    });
  });

  test('describes operations that exist, and only those it marks as protected require a token', async () => {
    const { paths } = documentSchema.parse(await (await fetch(`${api.url}/openapi.json`)).json());
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { security, responses }] of Object.entries(operations)) {
        const { status } = await fetch(`${api.url}${path.replace('{id}', 'x')}`, {
          method: method.toUpperCase(),
        });
        expect(status, `${method} ${path}`).toBe(security.length > 0 ? 401 : 200);
        expect(Object.keys(responses)).toContain(String(status));
      }
    }
  });
});

test('the type of every problem is the address of a page about it', async () => {
  const pages = errorPages(/Sent by (both APIs|the downstream API)/);
  expect(pages.length).toBeGreaterThan(20);
  for (const { code, text } of pages)
    expect(await (await fetch(`${api.url}/problems/${code}`)).text(), code).toBe(text);
  expect((await fetch(`${api.url}/problems/nothing`)).status).toBe(404);
});

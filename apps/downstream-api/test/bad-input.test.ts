import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaveOn, type RunningApi, startApi, unusedDatabase } from './support/api.ts';
import { expectProblem } from './support/responses.ts';

let api: RunningApi;
let headers: Record<string, string>;

beforeAll(async () => {
  api = await startApi(unusedDatabase);
  headers = {
    authorization: `Bearer ${await api.issuer.sign(api.issuer.claims())}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
});
afterAll(() => api.close());

const send = (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${api.url}${path}`, { method, headers, ...init });
const valid = leaveOn('2026-06-01');
const approver = { name: 'A', mail: null, objectId: randomUUID() };

describe('a body that does not match the schema', () => {
  test.each([
    ['no body', undefined, 'startDate'],
    ['an array', [], ''],
    ['no first day', { ...valid, startDate: undefined }, 'startDate'],
    ['no last day', { ...valid, endDate: undefined }, 'endDate'],
    ['no approver member', { ...valid, approver: undefined }, 'approver'],
    ['a day that does not exist', { ...valid, startDate: '2026-02-30' }, 'startDate'],
    ['a time', { ...valid, startDate: '2026-06-01T00:00:00Z' }, 'startDate'],
    ['a number for a date', { ...valid, startDate: 20260601 }, 'startDate'],
    ['a last day before the first', { ...valid, startDate: '2026-06-02' }, 'endDate'],
    ['a note of 501 characters', { ...valid, note: 'x'.repeat(501) }, 'note'],
    ['a note that is not a string', { ...valid, note: { text: 'x' } }, 'note'],
    ['a NUL in the note', { ...valid, note: 'a\u0000b' }, 'note'],
    ['a carriage return in the note', { ...valid, note: 'a\r\nb' }, 'note'],
    ['an escape sequence in the note', { ...valid, note: '\u001b[2J' }, 'note'],
    ['a lone surrogate in the note', { ...valid, note: '\ud83d' }, 'note'],
    ['an approver without a name', { ...valid, approver: { ...approver, name: undefined } }, 'approver.name'],
    ['an approver with an empty name', { ...valid, approver: { ...approver, name: '' } }, 'approver.name'],
    [
      'an approver without a mail member',
      { ...valid, approver: { ...approver, mail: undefined } },
      'approver.mail',
    ],
    [
      'an approver without an object ID',
      { ...valid, approver: { ...approver, objectId: undefined } },
      'approver.objectId',
    ],
    [
      'an object ID that is not a UUID',
      { ...valid, approver: { ...approver, objectId: 'A' } },
      'approver.objectId',
    ],
    ['a line feed in the approver', { ...valid, approver: { ...approver, name: 'A\nB' } }, 'approver.name'],
    ['a NUL in the approver', { ...valid, approver: { ...approver, name: 'A\u0000' } }, 'approver.name'],
    [
      'a name of 257 characters',
      { ...valid, approver: { ...approver, name: 'x'.repeat(257) } },
      'approver.name',
    ],
  ])('is rejected, with the member that is wrong: %s', async (_title, body, member) => {
    const response = await send('POST', '/api/leave-requests', {
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const problem = await expectProblem(response, 400, 'invalid_body');
    expect(problem).toMatchObject({
      errors:
        body === undefined ? expect.arrayContaining([expect.objectContaining({ member })]) : [{ member }],
    });
  });

  test('is rejected with every member that is wrong', async () => {
    const body = JSON.stringify({ startDate: 'x', endDate: 'y', note: 1 });
    const problem = await expectProblem(
      await send('POST', '/api/leave-requests', { body }),
      400,
      'invalid_body',
    );
    expect(problem).toMatchObject({
      errors: [{ member: 'startDate' }, { member: 'endDate' }, { member: 'note' }, { member: 'approver' }],
    });
  });

  test('is not repeated in the response', async () => {
    const body = JSON.stringify({ ...valid, startDate: '<script>alert(1)</script>' });
    const response = await send('POST', '/api/leave-requests', { body });
    expect(await response.text()).not.toContain('script');
  });
});

describe('a request is rejected that has', () => {
  const json = JSON.stringify(valid);
  test.each([
    ['broken JSON', { body: '{"startDate":' }, 400, 'malformed_json'],
    ['null', { body: 'null' }, 400, 'malformed_json'],
    ['a bare value', { body: '"2026-06-01"' }, 400, 'malformed_json'],
    ['over 100 kB', { body: JSON.stringify({ ...valid, note: 'x'.repeat(102_400) }) }, 413, 'body_too_large'],
    ['a form', { body: new URLSearchParams({ startDate: '2026-06-01' }) }, 415, 'unsupported_media_type'],
    ['text', { body: json, type: 'text/plain' }, 415, 'unsupported_media_type'],
    [
      'JSON of another kind',
      { body: json, type: 'application/merge-patch+json' },
      415,
      'unsupported_media_type',
    ],
    [
      'another charset',
      { body: json, type: 'application/json; charset=x-none' },
      415,
      'unsupported_media_type',
    ],
    ['a compressed body', { body: json, encoding: 'gzip' }, 415, 'unsupported_media_type'],
    ['no Idempotency-Key', { body: json, key: null }, 400, 'invalid_parameter'],
    ['an Idempotency-Key that is not a UUID', { body: json, key: 'again' }, 400, 'invalid_parameter'],
    [
      'two Idempotency-Keys',
      { body: json, key: `${randomUUID()}, ${randomUUID()}` },
      400,
      'invalid_parameter',
    ],
  ])('%s', async (_title, { body, ...changes }, status, code) => {
    const { type, encoding, key } = { type: undefined, encoding: undefined, key: undefined, ...changes };
    const sent = new Headers(headers);
    if (type !== undefined) sent.set('content-type', type);
    if (typeof body !== 'string') sent.delete('content-type');
    if (encoding !== undefined) sent.set('content-encoding', encoding);
    if (key === null) sent.delete('idempotency-key');
    else if (key !== undefined) sent.set('idempotency-key', key);
    await expectProblem(await send('POST', '/api/leave-requests', { body, headers: sent }), status, code);
  });
});

describe('an unknown path or method', () => {
  test.each(['/', '/api', '/api/leave-balances', '/api/leave-requests/a/b', '/.env'])(
    '%s is not found',
    async (path) => {
      await expectProblem(await send('GET', path), 404, 'not_found');
    },
  );

  test('a path that cannot be decoded is rejected as malformed', async () => {
    await expectProblem(await send('DELETE', '/api/leave-requests/%ff'), 400, 'invalid_request');
  });

  test.each([
    ['PUT', '/api/leave-requests', 'GET, HEAD, OPTIONS, POST'],
    ['PATCH', `/api/leave-requests/${randomUUID()}`, 'DELETE, OPTIONS'],
    ['GET', `/api/leave-requests/${randomUUID()}`, 'DELETE, OPTIONS'],
    ['POST', '/api/leave-balance', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/openapi.json', 'GET, HEAD, OPTIONS'],
  ])('%s %s is rejected with the methods that are allowed', async (method, path, allow) => {
    const response = await send(method, path);
    await expectProblem(response, 405, 'method_not_allowed');
    expect(response.headers.get('allow')).toBe(allow);
  });
});

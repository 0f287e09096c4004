import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { printerFor } from '../src/print.ts';

function printed(line: string): string | undefined {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  printerFor('local-tenant')(line);
  const [text] = written.mock.calls[0] ?? [];
  written.mockRestore();
  return text === undefined
    ? undefined
    : stripVTControlCharacters(String(text))
        .replace(/^local-tenant +/, '')
        .trimEnd();
}

const answered = (method: string, path: string, status: number) =>
  JSON.stringify({ level: 'info', msg: 'request answered', method, path, status, milliseconds: 3 });

test.each([
  {
    line: '{"time":"now","type":"token","message":"on behalf of Priya Raman · Microsoft Graph · User.Read · ok"}',
    text: 'token  on behalf of Priya Raman · Microsoft Graph · User.Read · ok',
  },
  { line: '{"time":"now","type":"sign-in","client":"SPA"}', text: 'sign-in  client=SPA' },
  {
    line: answered('GET', '/api/overview', 200),
    text: 'request answered  method=GET path=/api/overview status=200 milliseconds=3',
  },
  {
    line: '{"level":"info","msg":"request answered","traceId":"4bf92f","spanId":"00f067"}',
    text: 'request answered',
  },
  {
    line: '{"level":"warn","msg":"overview section unavailable","traceId":"4bf92f","spanId":"00f067"}',
    text: 'warn overview section unavailable  traceId=4bf92f',
  },
  {
    line: '{"level":"error","msg":"request failed","traceId":"4bf92f"}',
    text: 'error request failed  traceId=4bf92f',
  },
  { line: 'plain text', text: 'plain text' },
  { line: '{"not": json', text: '{"not": json' },
  { line: '{"other":1}', text: '{"other":1}' },
])('prints $line', ({ line, text }) => {
  expect(printed(line)).toBe(text);
});

test.each([
  ['OPTIONS', '/api/overview', 204],
  ['GET', '/readyz', 200],
  ['GET', '/livez', 200],
])('prints no line for %s %s that is answered with %d', (method, path, status) => {
  expect(printed(answered(method, path, status))).toBeUndefined();
});

test.each([
  ['OPTIONS', '/api/overview', 429],
  ['GET', '/readyz', 503],
])('prints a line for %s %s that is answered with %d', (method, path, status) => {
  expect(printed(answered(method, path, status))).toContain(`status=${status}`);
});

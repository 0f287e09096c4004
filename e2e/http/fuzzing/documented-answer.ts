import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { expect } from 'vitest';

/** The parts of an answer that a client sees. */
export interface Answer {
  status: number;
  headers: { get(name: string): string | null | undefined };
  body: string;
}

const pages = globSync('docs/reference/errors/[a-z]*.md', { cwd: resolve(import.meta.dirname, '../../..') });
const codes = new Set(pages.map((page) => basename(page, '.md')));

/** Expects success, or a 4xx problem in the form that the error reference describes (RFC 9457). */
export function expectDocumented({ status, headers, body }: Answer): void {
  if (status === 204) return;
  const type = headers.get('content-type') ?? '';
  if (status === 200 || status === 201) {
    expect(type).toContain('application/json');
    JSON.parse(body);
    return;
  }
  expect(status, body).toBeGreaterThanOrEqual(400);
  expect(status, body).toBeLessThan(500);
  expect(type).toContain('application/problem+json');
  const problem = JSON.parse(body);
  expect(codes).toContain(problem.code);
  expect(problem).toMatchObject({
    type: `/problems/${problem.code}`,
    title: expect.stringMatching(/./),
    status,
    detail: expect.stringMatching(/./),
    correlationId: headers.get('x-correlation-id'),
  });
  expect(body).not.toMatch(/node_modules|SyntaxError|TypeError|\bat \w+ \(/);
  if (status === 401) expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runReadmeExample } from '../testing/readme-example.ts';
import { startUpstream } from './calls/upstream.ts';

const directory = resolve(import.meta.dirname, '..');

test('the example in README.md runs, and returns what the text says', async () => {
  const [, readiness] = /returns\s+`(\{.+\})`/.exec(readFileSync(`${directory}/README.md`, 'utf8')) ?? [];
  const upstream = await startUpstream((_request, response) => void response.end('{"quote":"x"}'));
  const example = await runReadmeExample(directory, { replace: { 'https://quotes.example': upstream.url } });
  onTestFinished(example.stop);
  expect(await (await fetch(`${example.url}/readyz`)).text()).toBe(readiness);
  const response = await fetch(`${example.url}/api/quote`);
  expect(await response.json()).toEqual({ quote: 'x' });
  expect(response.headers.get('server-timing')).toMatch(/total/);
  expect(await (await fetch(`${example.url}/nothing`)).json()).toMatchObject({ code: 'not_found' });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SampleService, startSampleService } from '../../testing/sample-service.ts';

let service: SampleService;
beforeAll(async () => {
  service = await startSampleService();
});
afterAll(() => service.close());

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ask = async (headers: [string, string][]) => {
  const response = await fetch(`${service.url}/notes`, { headers });
  await response.json();
  return response.headers.get('x-correlation-id') ?? '';
};
const linesOf = (correlationId: string) =>
  service.logs
    .map((line) => JSON.parse(line))
    .filter((line) => line.correlationId === correlationId && line.msg === 'request answered');

test('a UUID that a caller sends is kept, and is in the log', async () => {
  const id = crypto.randomUUID();
  expect(await ask([['x-correlation-id', id.toUpperCase()]])).toBe(id);
  await expect.poll(() => linesOf(id)).toEqual([expect.objectContaining({ path: '/notes', status: 401 })]);
});

test.each([
  ['nothing', ''],
  ['a word', 'parrot'],
  ['10 kB', 'x'.repeat(10_000)],
  ['a line of a log', '{"level":"info","msg":"parrot"}'],
  ['markup', '<script>parrot</script>'],
  ['a UUID and more', `${crypto.randomUUID()} parrot`],
  ['a UUID in braces', `{${crypto.randomUUID()}}`],
  ['bytes above ASCII', 'p\u00e4rrot'],
])('anything else is replaced by one of our own: %s', async (_title, sent) => {
  const id = await ask([['x-correlation-id', sent]]);
  expect(id).toMatch(uuid);
  await expect.poll(() => linesOf(id)).toHaveLength(1);
  expect(service.logs.join('')).not.toMatch(/parrot|xxxxx/);
});

test('two are replaced by one of our own', async () => {
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  const id = await ask([
    ['x-correlation-id', first],
    ['x-correlation-id', second],
  ]);
  expect(id).toMatch(uuid);
  expect([first, second]).not.toContain(id);
});

test('a trace is gone along with if it is valid (W3C Trace Context, section 3.2)', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const valid = await ask([['traceparent', `00-${trace}-00f067aa0ba902b7-01`]]);
  await expect.poll(() => linesOf(valid)).toEqual([expect.objectContaining({ traceId: trace })]);
  for (const traceparent of [
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${trace}-0000000000000000-01`,
    `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
    `ff-${trace}-00f067aa0ba902b7-01`,
    `00-${trace}-00f067aa0ba902b7-01\u00e4`,
  ]) {
    const id = await ask([['traceparent', traceparent]]);
    await expect
      .poll(() => linesOf(id))
      .toEqual([expect.objectContaining({ traceId: expect.not.stringContaining(trace) })]);
  }
});

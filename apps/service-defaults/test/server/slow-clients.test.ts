import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/server/listen.ts';
import { openRawConnection } from '../../testing/raw-connection.ts';
import { type SampleService, startSampleService } from '../../testing/sample-service.ts';

const timeouts = { headers: 200, request: 400, checkEvery: 50 };
let service: SampleService;
beforeAll(async () => {
  service = await startSampleService({ timeouts });
});
afterAll(() => service.close());

/** Sends the start, and then the same bytes again and again, until the server hangs up. */
async function trickle(start: string, more?: string) {
  const connection = openRawConnection(service.url);
  connection.send(start);
  const timer = more === undefined ? undefined : setInterval(() => connection.send(more), 20);
  const answers = await connection.closed;
  clearInterval(timer);
  return answers;
}

const head = 'GET /livez HTTP/1.1\r\nHost: x\r\n';
const post = 'POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

describe('a client that is too slow is cut off (CWE-400; ASVS 5, 15.2)', () => {
  test.concurrent.each([
    ['sends nothing at all', ''],
    ['stops in the request line', 'GET /li'],
    ['stops in the headers', head],
    ['sends a header now and then', head, 'x-more: y\r\n'],
    ['sends a byte of a header now and then', `${head}x-more: `, 'y'],
    ['never sends its body', `${post}Content-Length: 100\r\n\r\n`],
    ['stops in its body', `${post}Content-Length: 100\r\n\r\n{`],
    ['sends a byte of its body now and then', `${post}Content-Length: 10000\r\n\r\n`, ' '],
    ['sends a chunk of its body now and then', `${post}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    ['never ends its body', `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`],
  ])('that %s', async (_title, start, more?: string) => {
    const [answer, ...others] = await trickle(start, more);
    expect(others).toEqual([]);
    expect(answer?.status).toBe(408);
    expect(answer?.headers.get('connection')).toBe('close');
    const problem = JSON.parse(answer?.body ?? '');
    expect(problem).toMatchObject({ code: 'request_timeout', status: 408 });
    expect(service.logs.find((line) => line.includes(problem.correlationId))).toContain('request_timeout');
    expect(service.handled()).toBe(0);
  });

  test('that does so on a connection it used well before', async () => {
    const answers = await trickle(`GET /livez HTTP/1.1\r\nHost: x\r\n\r\n${head}`);
    expect(answers.map(({ status }) => status)).toEqual([200, 408]);
  });

  test('that was answered before its body came is not answered twice', async () => {
    const answers = await trickle('POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    expect(answers.map(({ status }) => status)).toEqual([404]);
  });
});

test('others are served while slow clients wait', async () => {
  const slow = Array.from({ length: 50 }, () => trickle(head));
  expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  const answers = (await Promise.all(slow)).flat();
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(408));
});

test('the time that an answer takes does not count', async () => {
  let slowClientIsGone = (): void => {};
  const gone = new Promise<void>((resolve) => {
    slowClientIsGone = resolve;
  });
  const patient = await listen((_request, response) => void gone.then(() => response.end('done')), {
    host: 'localhost',
    port: 0,
    timeouts,
  });
  try {
    const answer = fetch(patient.url);
    const slow = openRawConnection(patient.url);
    slow.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n');
    await slow.closed;
    slowClientIsGone();
    expect(await (await answer).text()).toBe('done');
  } finally {
    await patient.close();
  }
});

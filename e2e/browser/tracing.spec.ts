import { users } from '@obo/local-tenant';
import { startTraceCollector } from '@obo/service-defaults/testing';
import { startChain } from '../chain/chain.ts';
import { findFreePort, serveSpa } from '../chain/serve-spa.ts';
import { expect, test } from './fixtures.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

test('one overview is one trace, from the browser to the database, and contains nothing about the user', async ({
  page,
}) => {
  const collector = await startTraceCollector();
  const port = await findFreePort();
  const spaUrl = `http://localhost:${port}`;
  const chain = await startChain({ spaUrl, collector: collector.endpoint });
  const spa = await serveSpa(chain.environments.spa, port);
  try {
    const tokens: string[] = [];
    page.on('request', (request) =>
      tokens.push(request.headers().authorization?.slice('Bearer '.length) ?? ''),
    );
    await page.goto(spaUrl);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const signIn = new SignInPages(page);
    await signIn.enter(priya.mail);
    await signIn.accept();
    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

    /** The names of the spans, from the database up to the root. */
    const chainOf = () => {
      const path: string[] = [];
      let span = collector.spans.find(({ name }) => name === 'database');
      while (span) {
        path.push(`${span.service}: ${span.name}`);
        const { traceId, parentSpanId } = span;
        span = collector.spans.find((other) => other.traceId === traceId && other.spanId === parentSpanId);
      }
      return path;
    };
    await expect
      .poll(chainOf, { timeout: 20_000 })
      .toEqual([
        'downstream-api: database',
        expect.stringMatching(/^downstream-api: GET \/api\/leave-(balance|requests)$/),
        expect.stringMatching(/^middle-tier-api: downstream_(balance|requests)$/),
        'middle-tier-api: GET /api/overview',
        'spa: GET /api/overview',
      ]);
    expect(collector.spans.find(({ service }) => service === 'spa')).toMatchObject({
      kind: 'client',
      parentSpanId: undefined,
      attributes: { 'http.response.status_code': 200 },
    });

    const sent = collector.bodies.join('\n');
    const personal = users.flatMap(({ id, mail, displayName }) => [id, mail, displayName]);
    const presented = [...new Set(tokens)].filter(Boolean);
    expect(presented.length).toBeGreaterThan(0);
    expect([...personal, ...presented].filter((secret) => sent.includes(secret))).toEqual([]);
  } finally {
    await page.goto('about:blank');
    await spa.close();
    await chain.close();
    await collector.close();
  }
});

test('without a collector, nothing is loaded or sent for traces', async ({ page, signIn, chain }) => {
  const requested: string[] = [];
  const traced: string[] = [];
  page.on('request', (request) => {
    requested.push(request.url());
    if (request.headers().traceparent !== undefined) traced.push(request.url());
  });
  await signIn.complete(priya.mail);
  await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();
  const { origin } = new URL(page.url());
  const known = [origin, chain.middleTierUrl, new URL(chain.tenant.graphBaseUrl).origin];
  expect(requested.filter((url) => !known.includes(new URL(url).origin))).toEqual([]);
  expect(requested.filter((url) => url.includes('tracer'))).toEqual([]);
  expect(traced).toEqual([]);
});

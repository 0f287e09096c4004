import { users } from '@obo/local-tenant';
import { startChain } from '../chain/chain.ts';
import { findFreePort, serveSpa } from '../chain/serve-spa.ts';
import { accessibilityViolations } from './accessibility-violations.ts';
import { expect, test } from './fixtures.ts';
import { priya, SignInPages } from './sign-in-pages.ts';

test('the control room shows an overview as one waterfall, from the browser to the database', async ({
  page,
}, testInfo) => {
  const port = await findFreePort();
  const spaUrl = `http://localhost:${port}`;
  const chain = await startChain({ spaUrl, tracesInControlRoom: true });
  const spa = await serveSpa(chain.environments.spa, port);
  const tenantUrl = new URL(chain.tenant.graphBaseUrl).origin;
  try {
    const room = await page.context().newPage();
    await room.goto(`${tenantUrl}/#traces`);
    await expect(room.getByText('There are no traces yet')).toBeVisible();

    await page.goto(spaUrl);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const signIn = new SignInPages(page);
    await signIn.enter(priya.mail);
    const responded = page.waitForResponse(
      (response) => response.url().endsWith('/api/overview') && response.request().method() === 'GET',
    );
    await signIn.accept();
    const correlationId = (await (await responded).headerValue('x-correlation-id')) ?? '';
    await expect(page.getByRole('region', { name: 'Profile' }).getByText('Priya Raman')).toBeVisible();

    const trace = room.getByRole('group').filter({ hasText: correlationId });
    /** The steps of the trace, each below what caused it. */
    const steps = () => trace.getByRole('rowheader').allTextContents();
    // The browser, the APIs and the tenant send their spans separately.
    await expect
      .poll(
        async () =>
          (await steps()).map((text) => text.replace(/, part of .*?(?=spa|middle|local|downstream-)/, ' ')),
        {
          timeout: 20_000,
        },
      )
      .toEqual(
        expect.arrayContaining([
          'GET /api/overviewspa',
          'GET /api/overview middle-tier-api',
          'graph_token middle-tier-api',
          'token_request middle-tier-api',
          'POST /oauth2/v2.0/token local-tenant',
          'GET /me local-tenant',
          'downstream_balance middle-tier-api',
          'GET /api/leave-balance downstream-api',
          'database downstream-api',
        ]),
      );
    expect((await steps())[0]).toBe('GET /api/overviewspa');
    await expect(trace.getByRole('row', { name: 'database' }).first()).toContainText(
      'part of GET /api/leave-',
    );
    await expect(trace.getByRole('row', { name: 'token_request' }).first()).toContainText(/200.*s.*ms/);
    await expect(trace.getByRole('link', { name: 'Messages and tokens' })).toHaveAttribute(
      'href',
      `#conversation/${correlationId}`,
    );
    const text = (await room.getByRole('main').textContent()) ?? '';
    const personal = users.flatMap(({ id, mail, displayName }) => [id, mail, displayName]);
    expect([...personal, 'eyJ', 'Bearer'].filter((secret) => text.includes(secret))).toEqual([]);

    await room.goto(`${tenantUrl}/#traces/${correlationId}`);
    await expect(trace).toHaveAttribute('open');
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 390]) {
        await room.emulateMedia({ colorScheme });
        await room.setViewportSize({ width, height: 800 });
        expect(await accessibilityViolations(room)).toEqual([]);
        const overflow = await room.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `no horizontal scrolling at ${width} pixels`).toBeLessThanOrEqual(0);
        await room.screenshot({ path: testInfo.outputPath(`${colorScheme}-${width}.png`), fullPage: true });
      }

    await room.getByRole('button', { name: 'Clear' }).click();
    await expect(room.getByText('There are no traces yet')).toBeVisible();
  } finally {
    await page.goto('about:blank');
    await spa.close();
    await chain.close();
  }
});

test('hostile text in a trace stays text', async ({ page, chain }) => {
  const tenantUrl = new URL(chain.tenant.graphBaseUrl).origin;
  const markup = '<img src=x onerror="document.title=1">';
  const spans = ['a', 'b', 'c'].map((digit, at, all) => ({
    traceId: 'f'.repeat(32),
    spanId: digit.repeat(16),
    // Each names another one as its cause, in a circle.
    parentSpanId: (all[(at + 1) % all.length] ?? '').repeat(16),
    name: markup,
    startTimeUnixNano: '18446744073709551615',
    endTimeUnixNano: '0',
    attributes: [{ key: 'http.route', value: { stringValue: markup } }],
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: markup } }];
  await page.request.post(`${tenantUrl}/v1/traces`, {
    data: { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] },
  });
  await page.goto(`${tenantUrl}/#traces/${'f'.repeat(32)}`);
  await expect(page.getByRole('rowheader')).toHaveCount(3);
  await expect(page.getByRole('rowheader').first()).toContainText(markup);
  await expect(page).toHaveTitle(/Traces/);
});

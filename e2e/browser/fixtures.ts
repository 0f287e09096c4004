import { observeLog } from '@obo/service-defaults/testing';
import { test as base, expect, type Page } from '@playwright/test';
import { type Chain, startChain } from '../chain/chain.ts';
import { findFreePort, serveSpa } from '../chain/serve-spa.ts';
import { SignInPages } from './sign-in-pages.ts';

interface WorkerFixtures {
  /** Whether the middle tier adds leave to calendars: `test.use({ calendar: true })` for a whole file. */
  calendar: boolean;
  /** The whole chain, one for each worker: real APIs, the SPA's production build, a tenant that has only the apps. */
  chain: Chain & { spaUrl: string };
}

interface TestFixtures {
  /** The tenant's sign-in pages. */
  signIn: SignInPages;
  /** Opens another browser with nothing in it: another user on another machine. */
  anotherBrowser: () => Promise<Page>;
  /** What the browser complained about. A test that expects complaints empties it. */
  complaints: string[];
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  calendar: [false, { scope: 'worker', option: true }],

  chain: [
    async ({ calendar }, use) => {
      const port = await findFreePort();
      const spaUrl = `http://localhost:${port}`;
      const chain = await startChain({ spaUrl, calendar });
      const spa = await serveSpa(chain.environments.spa, port);
      await use({ ...chain, spaUrl });
      await spa.close();
      await chain.close();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ chain }, use) => {
    await chain.reset();
    await use(chain.spaUrl);
  },

  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on('console', (message) => {
        observeLog(message.text());
        if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
      });
      context.on('weberror', (error) => complaints.push(String(error.error())));
      await use(complaints);
      expect(complaints, 'no CSP violation and no uncaught error').toEqual([]);
    },
    { auto: true },
  ],

  signIn: async ({ page }, use) => use(new SignInPages(page)),

  anotherBrowser: async ({ browser, baseURL }, use) => {
    const opened: Page[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
      const page = await context.newPage();
      opened.push(page);
      return page;
    });
    await Promise.all(opened.map((page) => page.context().close()));
  },
});

export { expect };

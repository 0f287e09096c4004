import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createSpaConfig } from '@obo/spa/vite';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { findBrowser } from '../../browser/find-browser.ts';
import { priya, SignInPages } from '../../browser/sign-in-pages.ts';
import { startChain } from '../../chain/chain.ts';
import { findFreePort, serveSpa } from '../../chain/serve-spa.ts';
import type { BenchRow } from './bench-row.ts';

/** Bytes of JavaScript, gzip, as a browser requests it. */
export interface SpaSize {
  /** Everything requested until the signed-out page works: MSAL has started, and *Sign in* can be clicked. */
  signedOut: number;
  /** The same for an app that is React and a heading, built in the same way. */
  plainReact: number;
  /** Everything requested from the first visit until the overview is on the screen. */
  untilOverview: number;
}

export const goals = { signedOutToPlainReact: 2.4, untilOverview: 240_000 };

/**
 * Visits the SPA in a browser with nothing in its cache, and signs in with one click.
 *
 * @param spaUrl Where the production build of the SPA is served, of a chain in which no user has signed in.
 */
export async function measureSpaSize(browser: Browser, spaUrl: string): Promise<SpaSize> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const scripts = collectScripts(page, spaUrl);
    const signedOut = await scripts.sizeOf(await scriptsUntil('button:enabled', page, spaUrl));

    await page.getByRole('button', { name: 'Sign in' }).click();
    const signIn = new SignInPages(page);
    await signIn.enter(priya.mail);
    await signIn.accept();
    await page.getByRole('region', { name: 'Profile' }).getByText(priya.displayName).waitFor();
    await page.getByRole('region', { name: 'Leave' }).getByText('left in').waitFor();
    const untilOverview = await scripts.sizeOf(scripts.urls());
    return { signedOut, plainReact: await measurePlainReact(browser), untilOverview };
  } finally {
    await context.close();
  }
}

/** Collects the scripts that a page requests from one origin. A second request is served from the browser's cache. */
function collectScripts(page: Page, origin: string) {
  const sizes = new Map<string, Promise<number>>();
  page.on('request', (request) => {
    const url = request.url();
    if (request.resourceType() !== 'script' || !url.startsWith(origin) || sizes.has(url)) return;
    // Fetched again, as the page may have navigated before the body can be read from the browser.
    sizes.set(
      url,
      fetch(url).then(async (response) => gzipSync(await response.bytes()).length),
    );
  });
  return {
    urls: () => [...sizes.keys()],
    async sizeOf(urls: readonly string[]): Promise<number> {
      const found = await Promise.all(urls.map((url) => sizes.get(url)));
      return found.reduce<number>((sum, size = 0) => sum + size, 0);
    },
  };
}

/** Opens a page and returns the URLs of the scripts that it requested before an element was on it. */
async function scriptsUntil(selector: string, page: Page, url: string): Promise<string[]> {
  await page.addInitScript((selector) => {
    new MutationObserver((_mutations, observer) => {
      if (document.querySelector(selector) === null) return;
      performance.mark(selector);
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true, attributes: true });
  }, selector);
  await page.goto(url);
  await page.locator(selector).first().waitFor();
  return page.evaluate((selector) => {
    const [mark] = performance.getEntriesByName(selector);
    return performance
      .getEntriesByType('resource')
      .filter(({ name, startTime }) => name.endsWith('.js') && mark && startTime < mark.startTime)
      .map(({ name }) => name);
  }, selector);
}

const plainReact = {
  'index.html':
    '<!doctype html><title>Plain</title><div id="root"></div><script type="module" src="/main.tsx"></script>',
  'main.tsx': `import { createRoot } from 'react-dom/client';
    const root = document.getElementById('root');
    if (root) createRoot(root).render(<h1>Hello</h1>);`,
};

async function measurePlainReact(browser: Browser): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'plain-react-'));
  const config = createSpaConfig({ configuration: null, port: await findFreePort() });
  const options = { ...config, root: directory, build: {}, logLevel: 'error' } as const;
  await symlink(join(spaDirectory, 'node_modules'), join(directory, 'node_modules'));
  for (const [name, text] of Object.entries(plainReact)) await writeFile(join(directory, name), text);
  await build({ ...options, build: { modulePreload: { polyfill: false } } });
  const server = await preview(options);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const [url = ''] = server.resolvedUrls?.local ?? [];
    const scripts = collectScripts(page, url);
    return await scripts.sizeOf(await scriptsUntil('h1', page, url));
  } finally {
    await context.close();
    await server.close();
    await rm(directory, { recursive: true });
  }
}

const spaDirectory = fileURLToPath(new URL('../../../apps/spa', import.meta.url));

/**
 * Builds the SPA, starts a chain and a browser for it, and measures.
 *
 * @param browserPath A browser other than those that are found.
 */
export async function spaSizeRows(browserPath?: string): Promise<BenchRow[]> {
  await build({ ...createSpaConfig({ configuration: null }), logLevel: 'error' });
  const port = await findFreePort();
  const spaUrl = `http://localhost:${port}`;
  const chain = await startChain({ spaUrl });
  const spa = await serveSpa(chain.environments.spa, port);
  const executablePath = findBrowser(browserPath);
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
  try {
    return rowsOf(await measureSpaSize(browser, spaUrl));
  } finally {
    await browser.close();
    await spa.close();
    await chain.close();
  }
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

function rowsOf({ signedOut, plainReact: plain, untilOverview }: SpaSize): BenchRow[] {
  return [
    {
      name: 'SPA: JavaScript until the signed-out page works / plain React 19, gzip',
      goal: `≤ ${goals.signedOutToPlainReact.toFixed(2)}`,
      isMet: signedOut / plain <= goals.signedOutToPlainReact,
      value: `${(signedOut / plain).toFixed(2)}; ${kilobytes(signedOut)} / ${kilobytes(plain)}`,
      peers: 'a published tutorial of this flow: 2.26',
    },
    {
      name: 'SPA: all JavaScript until the overview is on screen, gzip',
      goal: `≤ ${kilobytes(goals.untilOverview)}`,
      isMet: untilOverview <= goals.untilOverview,
      value: kilobytes(untilOverview),
      peers: 'the same tutorial, without a component library: 181 kB',
    },
  ];
}

import { expect, test } from '@playwright/test';
import { findBrowser } from './find-browser.ts';
import { ensureBrowser } from './install-browser.ts';

/** A machine on which only the installers named in `working` bring a browser. */
function machine({ installed, working }: { installed: boolean; working: readonly string[] }) {
  const tried: string[] = [];
  let browser = installed ? '/usr/bin/chromium' : undefined;
  const installers = ['Playwright', 'apt-get'].map((name) => ({
    name,
    install() {
      tried.push(name);
      if (working.includes(name)) browser = `/from/${name}`;
    },
  }));
  return {
    tried,
    browser: ensureBrowser(() => browser, installers),
  };
}

test('an installed browser is used, and nothing is installed', () => {
  expect(machine({ installed: true, working: ['Playwright', 'apt-get'] })).toEqual({
    browser: '/usr/bin/chromium',
    tried: [],
  });
});

test('without a browser, Playwright downloads one', () => {
  expect(machine({ installed: false, working: ['Playwright', 'apt-get'] })).toEqual({
    browser: '/from/Playwright',
    tried: ['Playwright'],
  });
});

test("when Playwright's download fails, apt-get installs a browser", () => {
  expect(machine({ installed: false, working: ['apt-get'] })).toEqual({
    browser: '/from/apt-get',
    tried: ['Playwright', 'apt-get'],
  });
});

test('when nothing can be installed, no browser is reported', () => {
  expect(machine({ installed: false, working: [] }).browser).toBeUndefined();
});

test('a named browser that does not start is not replaced by another one', () => {
  expect(findBrowser('/nowhere/chromium')).toBeUndefined();
  expect(findBrowser('/bin/false')).toBeUndefined();
});

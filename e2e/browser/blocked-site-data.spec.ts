import { expect, test } from './fixtures.ts';

const blocked = [
  {
    storage: 'throws when it is read',
    block: () =>
      Object.defineProperty(window, 'sessionStorage', {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      }),
  },
  {
    storage: 'throws like all site data',
    block: () => {
      for (const name of ['sessionStorage', 'localStorage', 'indexedDB'])
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('Access is denied for this document.', 'SecurityError');
          },
        });
    },
  },
  {
    storage: 'is absent',
    block: () => Object.defineProperty(window, 'sessionStorage', { value: null }),
  },
  {
    storage: 'is full',
    block: () => {
      Storage.prototype.setItem = () => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      };
    },
  },
];

for (const { storage, block } of blocked) {
  test(`a session storage that ${storage}: the landing page is shown, and signing in says what is blocked`, async ({
    page,
  }) => {
    await page.addInitScript(block);
    await page.goto('/leave/new');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toContainText('Your browser blocks site data');
    await expect(page.getByRole('alert')).toContainText(new URL(page.url()).host);
    expect(new URL(page.url()).pathname).toBe('/leave/new');
  });
}

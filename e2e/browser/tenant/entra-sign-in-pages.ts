import { expect, type Locator, type Page } from '@playwright/test';
import type { Visitor } from '../journey.ts';
import { landingPage } from '../landing-page.ts';
import type { Account } from '../target.ts';

/** Milliseconds that a page of Entra may take to load. */
const patience = { timeout: 30_000 };

/**
 * Entra's own sign-in pages, as a user sees them. Fields are found by their names in the form, which have been the same
 * for years, and buttons by their English labels.
 *
 * The account must need neither a second factor nor a new password.
 */
export class EntraSignInPages implements Visitor {
  readonly page: Page;
  readonly account: Account;
  readonly #staySignedIn: Locator;
  readonly #consent: Locator;
  readonly #rejection: Locator;

  constructor(page: Page, account: Account) {
    this.page = page;
    this.account = account;
    this.#staySignedIn = page.locator('#KmsiCheckboxField');
    this.#consent = page.getByRole('button', { name: 'Accept' });
    this.#rejection = page.locator(
      '#usernameError, #passwordError, #exceptionMessageContainer, #idDiv_SAOTCAS_Title, #idDiv_SAOTCS_Title',
    );
  }

  async signIn(arrived: Locator): Promise<void> {
    const { username, password } = this.account;
    await this.page.goto('/');
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.locator('input[name="loginfmt"]').fill(username, patience);
    await this.page.getByRole('button', { name: 'Next' }).click();
    await this.page.locator('input[name="passwd"]').fill(password, patience);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    while (!(await this.#hasArrived(arrived))) {
      if (await this.#staySignedIn.isVisible()) await this.page.getByRole('button', { name: 'No' }).click();
      else if (await this.#consent.isVisible()) await this.#consent.click();
      else
        throw new Error(`A password alone does not sign in: ${await this.#rejection.first().textContent()}`);
    }
  }

  /** Entra asks for the account if the ID token has no `login_hint`. */
  async signOut(): Promise<void> {
    const landing = landingPage(this.page);
    const account = this.page.getByText(this.account.username).first();
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(landing.or(account).first()).toBeVisible(patience);
    if (!(await landing.isVisible())) await account.click();
    await expect(landing).toBeVisible(patience);
  }

  /** Waits for the next page, and returns whether it is the SPA. */
  async #hasArrived(arrived: Locator): Promise<boolean> {
    const next = arrived.or(this.#staySignedIn).or(this.#consent).or(this.#rejection);
    await expect(next.first()).toBeVisible(patience);
    return arrived.isVisible();
  }
}

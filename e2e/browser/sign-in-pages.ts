import { password, users } from '@obo/local-tenant';
import { expect, type Locator, type Page } from '@playwright/test';
import { landingPage } from './landing-page.ts';

/** Returns a user of the local tenant by the address that they sign in with. */
function userOf(mail: string) {
  const found = users.find((candidate) => candidate.mail === mail);
  if (!found) throw new Error(`The local tenant has no user ${mail}`);
  return found;
}

export const priya = userOf('priya.raman@contoso.example');
export const lukasz = userOf('lukasz.dabrowski@contoso.example');
export const amara = userOf('amara.okafor@contoso.example');
export const mateo = userOf('mateo.quispe@fabrikam.example');
export const hana = userOf('hana.sato@contoso.example');
export const administrator = userOf('kwame.mensah@contoso.example');

/** The sign-in pages of the local tenant, as a user sees them. */
export class SignInPages {
  readonly page: Page;
  readonly account: Locator;
  readonly password: Locator;
  readonly consent: Locator;

  constructor(page: Page) {
    this.page = page;
    this.account = page.getByLabel('Email or user name');
    this.password = page.getByLabel('Password');
    this.consent = page.getByRole('heading', { name: 'Permissions requested' });
  }

  /** Opens a page of the SPA and signs in from there, up to the password. */
  async start(mail: string, path = '/'): Promise<void> {
    await this.page.goto(path);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.enter(mail);
  }

  /** Enters the account on the page that asks for it, which offers known accounts first. */
  async name(mail: string): Promise<void> {
    await expect(this.page.getByRole('heading', { name: /^(Pick an account|Sign in)$/ })).toBeVisible();
    const another = this.page.getByRole('button', { name: 'Use another account' });
    if (await another.isVisible()) await another.click();
    await this.account.fill(mail);
    await this.page.getByRole('button', { name: 'Next' }).click();
  }

  async enter(mail: string, secret = password): Promise<void> {
    await this.name(mail);
    await this.password.fill(secret);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async accept(): Promise<void> {
    await expect(this.consent).toBeVisible();
    await this.page.getByRole('button', { name: 'Accept' }).click();
  }

  async decline(): Promise<void> {
    await expect(this.consent).toBeVisible();
    await this.page.getByRole('button', { name: 'Cancel' }).click();
  }

  /** Enters the one-time code that the page shows, or another one. */
  async enterCode(code?: string): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'Enter code' })).toBeVisible();
    const shown = await this.page.locator('[data-one-time-code]').textContent();
    await this.page.getByLabel('Code').fill(code ?? shown ?? '');
    await this.page.getByRole('button', { name: 'Verify', exact: true }).click();
  }

  /** Signs out of the SPA, and waits until the tenant has sent the browser back to the landing page. */
  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(landingPage(this.page)).toBeVisible();
  }

  /** Signs in for the first time, consents, and returns to the page of the SPA. */
  async complete(mail: string, path = '/'): Promise<void> {
    await this.start(mail, path);
    await this.accept();
  }
}

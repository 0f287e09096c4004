import { password, users } from '@obo/local-tenant';
import { expect, type Locator, type Page } from '@playwright/test';
import { landingPage } from './landing-page.ts';

/** A person of the local tenant, by what they type to sign in. */
export function person(mail: string) {
  const found = users.find((candidate) => candidate.mail === mail);
  if (!found) throw new Error(`${mail} is nobody`);
  return found;
}

export const priya = person('priya.raman@contoso.example');
export const lukasz = person('lukasz.dabrowski@contoso.example');
export const amara = person('amara.okafor@contoso.example');
export const mateo = person('mateo.quispe@fabrikam.example');
export const hana = person('hana.sato@contoso.example');

/** The sign-in pages of the local tenant, as a person uses them. */
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

  /** Names the account on the page that asks for one, which offers known accounts first. */
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

  async refuse(): Promise<void> {
    await expect(this.consent).toBeVisible();
    await this.page.getByRole('button', { name: 'Cancel' }).click();
  }

  /** Signs out of the SPA, and waits until its landing page is back: the way there leads over the tenant. */
  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click();
    await expect(landingPage(this.page)).toBeVisible();
  }

  /** All of it: sign in for the first time, consent, and land on the page that was asked for. */
  async complete(mail: string, path = '/'): Promise<void> {
    await this.start(mail, path);
    await this.accept();
  }
}

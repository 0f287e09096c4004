import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type HtmlForm, readForms, readShownCode, readShownError } from './sign-in-pages.ts';
import { createVisitor } from './visitor.ts';

const tokenResponseSchema = z.object({
  token_type: z.literal('Bearer'),
  access_token: z.string(),
  scope: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  client_info: z.string().optional(),
});

/** A successful response from the token endpoint (RFC 6749 §5.1). */
export type TokenResponse = z.infer<typeof tokenResponseSchema>;

const errorResponseSchema = z.object({
  error: z.string(),
  error_description: z.string(),
  error_codes: z.array(z.number()).default([]),
});

export interface SignInOptions {
  /** `LocalTenant.authorityMetadata`, or the discovery document. */
  authorityMetadata: { authorization_endpoint: string; token_endpoint: string };
  clientId: string;
  redirectUri: string;
  scopes: readonly string[];
  username: string;
  password: string;
  /** What to do on the consent page. Default: `decline`. */
  consent?: 'accept' | 'decline';
  /** Origin of the page that redeems the code; required for redirect URIs of single-page applications. */
  origin?: string;
  /** Secret of a confidential client. */
  clientSecret?: string;
  /** Other parameters of the authorization request, such as `prompt` or `claims`. */
  parameters?: Readonly<Record<string, string>>;
}

type UserOnPages = Pick<SignInOptions, 'username' | 'password' | 'consent'>;

/** Thrown when a sign-in fails: a page showed an error, or the client got one. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  /** AADSTS number, if any. */
  readonly number: number | undefined;
  /** OAuth 2.0 error code, if the client got one. */
  readonly error: string | undefined;

  constructor(message: string, number?: number, error?: string) {
    super(message);
    this.number = number;
    this.error = error;
  }
}

/**
 * Signs a user in by walking the sign-in pages with plain HTTP, as a browser would, and redeems the code.
 *
 * @throws {SignInError} if a page shows an error or the client gets one.
 */
export async function signInOverHttp(options: SignInOptions): Promise<TokenResponse> {
  const verifier = randomBytes(32).toString('base64url');
  const authorizeUrl = new URL(options.authorityMetadata.authorization_endpoint);
  authorizeUrl.search = new URLSearchParams({
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    response_type: 'code',
    response_mode: 'query',
    scope: options.scopes.join(' '),
    login_hint: options.username,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    client_info: '1',
    ...options.parameters,
  }).toString();
  const code = readCode(await walk(authorizeUrl, options));

  const response = await fetch(options.authorityMetadata.token_endpoint, {
    method: 'POST',
    headers: options.origin === undefined ? {} : { Origin: options.origin },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: options.clientId,
      code,
      redirect_uri: options.redirectUri,
      code_verifier: verifier,
      scope: options.scopes.join(' '),
      client_info: '1',
      ...(options.clientSecret !== undefined && { client_secret: options.clientSecret }),
    }),
  });
  const body: unknown = await response.json();
  if (response.ok) return tokenResponseSchema.parse(body);
  const { error, error_description, error_codes } = errorResponseSchema.parse(body);
  throw new SignInError(error_description, error_codes[0], error);
}

/**
 * Signs a user in at the address to which a web application redirected the browser, by walking the pages with plain HTTP.
 *
 * @returns where the browser is led then: the application's redirect URI, with a code or an error.
 * @throws {SignInError} if a page shows an error.
 */
export const signInForWebAppOverHttp = (address: string | URL, user: UserOnPages): Promise<URL> =>
  walk(new URL(address), user);

/** Submits pages until one redirects to the redirect URI, and returns that. */
async function walk(start: URL, user: UserOnPages): Promise<URL> {
  const visit = createVisitor();
  let response = await visit(start);
  for (let pages = 0; pages < 8; pages++) {
    const location = response.headers.get('location');
    if (location !== null) return new URL(location);
    const page = await response.text();
    const shown = readShownError(page);
    if (shown) throw new SignInError(`AADSTS${shown.number}: ${shown.text}`, shown.number);
    const { action, fields } = fillIn(page, user);
    response = await visit(new URL(action, start), new URLSearchParams(fields));
  }
  throw new SignInError('The sign-in pages did not reach the redirect URI.');
}

function fillIn(
  page: string,
  { username, password, consent, userCode = '' }: UserOnPages & { userCode?: string },
): HtmlForm {
  const answers: Readonly<Record<string, Record<string, string>>> = {
    'device-code': { user_code: userCode },
    account: { account: username },
    password: { password },
    'one-time-code': { otc: readShownCode(page) },
    consent: { consent: consent === 'accept' ? 'accept' : 'cancel' },
    'admin-approval': { consent: 'return' },
    'device-confirmation': { continue: 'yes' },
  };
  for (const form of readForms(page)) {
    const answer = answers[form.step];
    if (answer) return { ...form, fields: { ...form.fields, ...answer } };
  }
  throw new SignInError('The sign-in page has no form that can be filled in.');
}

function readCode(location: URL): string {
  const code = location.searchParams.get('code');
  if (code !== null) return code;
  const description = location.searchParams.get('error_description') ?? 'The redirect carries no code.';
  const number = /^AADSTS(\d+)/.exec(description)?.[1];
  throw new SignInError(
    description,
    number === undefined ? undefined : Number(number),
    location.searchParams.get('error') ?? undefined,
  );
}

/**
 * Signs a user in at the address that a program on the user's machine opened in the browser, by walking the pages with
 * plain HTTP. Then sends the response to the program's own server (OAuth 2.0 Form Post Response Mode).
 *
 * @throws {SignInError} if a page shows an error.
 */
export async function signInForProgramOverHttp(address: string, user: UserOnPages): Promise<void> {
  const visit = createVisitor();
  let page = await (await visit(address)).text();
  for (;;) {
    const shown = readShownError(page);
    if (shown) throw new SignInError(`AADSTS${shown.number}: ${shown.text}`, shown.number);
    const response = readForms(page).find(({ step }) => step === '');
    if (response) {
      // The program's server may close before it has answered, as soon as it has the code.
      await visit(response.action, new URLSearchParams(response.fields)).catch(() => undefined);
      return;
    }
    const { action, fields } = fillIn(page, user);
    page = await (await visit(new URL(action, address), new URLSearchParams(fields))).text();
  }
}

/**
 * Opens an address and signs a user in on the pages that it leads to, with plain HTTP.
 *
 * @param end Start of the address at which to stop, without requesting it; by default, at the first page without a form.
 * @returns the address at which the browser ended, and the page there.
 * @throws {SignInError} if a page shows an error.
 */
export async function browseOverHttp(
  address: string,
  user: UserOnPages,
  end?: string,
): Promise<{ url: URL; status?: number; page?: string }> {
  const visit = createVisitor();
  let url = new URL(address);
  let response = await visit(url);
  for (;;) {
    const location = response.headers.get('location');
    if (location !== null) {
      url = new URL(location, url);
      if (end !== undefined && url.href.startsWith(end)) return { url };
      response = await visit(url);
      continue;
    }
    const page = await response.text();
    const shown = readShownError(page);
    if (shown) throw new SignInError(`AADSTS${shown.number}: ${shown.text}`, shown.number);
    if (readForms(page).length === 0) return { url, status: response.status, page };
    const { action, fields } = fillIn(page, user);
    url = new URL(action, url);
    response = await visit(url, new URLSearchParams(fields));
  }
}

/**
 * Signs a user in for a device by walking the pages with plain HTTP, as a browser would: types the code, signs in and
 * confirms (RFC 8628 §3.3).
 *
 * @param options.baseUrl Origin of the tenant that issued the code.
 * @throws {SignInError} if a page has no form to fill in.
 */
export async function signInForDeviceOverHttp(
  options: { baseUrl: string; userCode: string } & UserOnPages,
): Promise<void> {
  const visit = createVisitor();
  let page = await (await visit(`${options.baseUrl}/common/oauth2/deviceauth`)).text();
  while (readForms(page).length > 0) {
    const { action, fields } = fillIn(page, options);
    page = await (await visit(new URL(action, options.baseUrl), new URLSearchParams(fields))).text();
  }
}

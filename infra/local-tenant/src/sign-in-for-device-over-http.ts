import { readForms } from './sign-in-pages.ts';
import { createVisitor } from './visitor.ts';

/**
 * Types the code that a device shows, signs a user in and confirms, by walking the pages with plain HTTP, as a browser
 * would (RFC 8628 §3.3).
 *
 * @param options.baseUrl Origin of the tenant that gave the code.
 * @throws {Error} when a page has no form that can be filled in.
 */
export async function signInForDeviceOverHttp(options: {
  baseUrl: string;
  userCode: string;
  username: string;
  password: string;
}): Promise<void> {
  const answers: Readonly<Record<string, Record<string, string>>> = {
    'device-code': { user_code: options.userCode },
    account: { account: options.username },
    password: { password: options.password },
    'device-confirmation': { continue: 'yes' },
  };
  const visit = createVisitor();
  let response = await visit(`${options.baseUrl}/common/oauth2/deviceauth`);
  for (;;) {
    const forms = readForms(await response.text());
    if (forms.length === 0) return;
    const form = forms.find(({ step }) => step in answers);
    if (!form) throw new Error('The page has no form that can be filled in.');
    const fields = { ...form.fields, ...answers[form.step] };
    response = await visit(new URL(form.action, options.baseUrl), new URLSearchParams(fields));
  }
}

import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { observe } from '../../control-room/observed.ts';
import { tenant } from '../../directory/directory.ts';
import { password } from '../../directory/users.ts';
import type { RedirectTo } from '../authorize/authorization-request.ts';
import { Html, html } from './html.ts';
import { style } from './style.ts';

export interface Page {
  title: string;
  content: Html;
  /** The only script that the page may run; the Content-Security-Policy allows it by its digest. */
  script?: string;
  /** Addresses of its frames. */
  frames?: readonly string[];
  /** Omits the notice, for a page that is shown only for a moment. */
  bare?: boolean;
}

const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Sends a page with a Content-Security-Policy that blocks everything from elsewhere.
 *
 * @param returnTo Where submitting the form may redirect to: browsers apply `form-action` to redirects too.
 */
export function sendPage(response: Response, status: number, page: Page, returnTo?: FormTarget): void {
  const policy = [
    "default-src 'none'",
    `style-src ${digest(style)}`,
    "img-src 'self' data:",
    `script-src ${page.script === undefined ? "'none'" : digest(page.script)}`,
    `frame-src ${page.frames?.map((address) => new URL(address).origin).join(' ') || "'none'"}`,
    `form-action 'self' ${returnTo === undefined ? '' : formTarget(returnTo)}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  observe(response, { page: page.title });
  response
    .status(status)
    .set({
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    })
    .type('html')
    .send(document(page).markup);
}

type FormTarget = Pick<RedirectTo, 'redirectUri' | 'platform'>;

/** A server may redirect the browser on, to a site that only the server knows. */
function formTarget({ redirectUri, platform }: FormTarget): string {
  if (platform === 'web') return 'http: https:';
  const url = URL.parse(redirectUri);
  if (!url) return '';
  return url.origin === 'null' ? url.protocol : url.origin;
}

const mark = html`<svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true"><path fill="currentColor" d="M14 2 24.4 8v12L14 26 3.6 20V8z" opacity=".25"/><path fill="currentColor" d="M14 8.5 18.8 11.2v5.6L14 19.5l-4.8-2.7v-5.6z"/></svg>`;

/** The line with which each page begins. */
export const brand = html`<p class="brand">${mark} ${tenant.displayName}</p>`;

function document({ title, content, script, bare }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title} · ${tenant.displayName}</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
${brand}
${content}
</main>
${bare ? '' : notice}
${script === undefined ? '' : html`<script>${new Html(script)}</script>`}
</body>
</html>
`;
}

/** The line with which each page ends. */
export const notice = html`<footer><p>This is the local tenant on your machine, not Microsoft. Its users are invented. Their password is <code>${password}</code>, unless you changed it. Never type a real password here.</p></footer>`;

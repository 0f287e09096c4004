import { join } from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import { tenant } from '../directory/directory.ts';
import { html } from '../entra/pages/html.ts';
import { brand, notice } from '../entra/pages/page.ts';
import { theme } from '../entra/pages/style.ts';

const browser = join(import.meta.dirname, 'browser');

const protect: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  next();
};

/** The views of the page, in the order of its navigation, each with its module `browser/{view}.js`. */
const views = {
  conversation: 'Conversation',
  tokens: 'Tokens',
  traces: 'Traces',
  switches: 'Switches',
  'failure-lab': 'Failure lab',
};

/** Serves the control room: one page at `/`, with its scripts and style sheets under `/control-room`. */
export function createControlRoom(): Router {
  const router = express.Router();
  router.get('/', protect, (_request, response) => void response.type('html').send(page));
  router.use('/control-room', protect, express.static(browser, { cacheControl: false, index: false }));
  router.get('/control-room/theme.css', (_request, response) => void response.type('css').send(theme));
  return router;
}

const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Control room · ${tenant.displayName}</title>
<link rel="stylesheet" href="/control-room/theme.css">
<link rel="stylesheet" href="/control-room/control-room.css">
<link rel="stylesheet" href="/control-room/traces.css">
<link rel="stylesheet" href="/control-room/switches.css">
<script type="module" src="/control-room/control-room.js"></script>
</head>
<body>
<header>
${brand}
<nav aria-label="Views"><ul>
${Object.entries(views).map(([name, title]) => html`<li><a href="#${name}">${title}</a></li>`)}
</ul></nav>
<p id="connection" role="status"></p>
</header>
<main>
<noscript><p>The control room requires JavaScript.</p></noscript>
${Object.entries(views).map(([name, title]) => html`<section id="view-${name}" aria-labelledby="title-${name}" hidden><h1 id="title-${name}" tabindex="-1">${title}</h1></section>`)}
</main>
${notice}
</body>
</html>
`.markup;

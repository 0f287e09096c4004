/** Requests a page, or posts a form to it. Does not follow redirects. */
export type Visit = (url: URL | string, form?: URLSearchParams) => Promise<Response>;

/** Resolves names under `localhost` to this machine (RFC 6761 §6.3), as browsers do and Node.js does not. */
function onThisMachine(address: URL | string): URL {
  const url = new URL(address);
  if (url.hostname.endsWith('.localhost')) url.hostname = 'localhost';
  return url;
}

/** Creates a client that keeps cookies between requests, as a browser does. */
export function createVisitor(): Visit {
  const cookies = new Map<string, string>();
  return async (url, form) => {
    const Cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(onThisMachine(url), {
      redirect: 'manual',
      headers: { Cookie },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]?.split(/=(.*)/s) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
}

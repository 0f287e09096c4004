import type { RequestHandler } from 'express';

/**
 * Answers 403 to requests from pages of other origins, by `Sec-Fetch-Site` (Fetch Metadata Request Headers §2.4) and
 * `Origin`. Programs other than browsers send neither, and are served. So is an address that the user typed.
 */
export const onlyThisSite: RequestHandler = (request, response, next) => {
  const site = request.get('sec-fetch-site') ?? 'none';
  const origin = request.get('origin');
  const own = `${request.protocol}://${request.get('host')}`;
  response.set('Cross-Origin-Resource-Policy', 'same-origin');
  if (['same-origin', 'none'].includes(site) && (origin === undefined || origin === own)) return next();
  response.status(403).json({
    error: 'access_denied',
    error_description: 'Only the pages of the local tenant itself may send this request.',
  });
};

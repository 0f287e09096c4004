import { Router } from 'express';
import type { Directory } from '../directory/directory.ts';
import { callerOf } from './authentication.ts';
import { insufficientPrivileges } from './graph-error.ts';

/**
 * Serves `GET` and `POST /oidc/userinfo` (OpenID Connect Core §5.3, "Microsoft identity platform UserInfo endpoint").
 */
export function userInfoRouter({
  directory,
  subjectOf,
  graphBaseUrl,
}: {
  directory: Directory;
  subjectOf: (appId: string, userId: string) => string;
  graphBaseUrl: string;
}) {
  const router = Router();
  router.all('/oidc/userinfo', (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'POST') return next();
    const caller = callerOf(request);
    const user = directory.users.find(({ id }) => id === caller.objectId);
    if (caller.kind === 'app' || !caller.scopes.has('openid') || !user) throw insufficientPrivileges();
    response.json({
      sub: subjectOf(caller.appId, user.id),
      ...(caller.scopes.has('profile') && {
        name: user.displayName,
        family_name: user.surname,
        given_name: user.givenName,
        picture: `${graphBaseUrl}/me/photo/$value`,
      }),
      ...(caller.scopes.has('email') && { email: user.mail }),
    });
  });
  return router;
}

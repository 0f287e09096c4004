const accessTokens =
  'https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference#payload-claims';
const optionalClaims = 'https://learn.microsoft.com/en-us/entra/identity-platform/optional-claims-reference';

/**
 * A claim, or two that have the same meaning in both versions of tokens.
 *
 * @typedef {object} Claim
 * @property {string[]} names
 * @property {string} meaning
 * @property {string} [why] Why it differs from token to token, or does not.
 * @property {string} [link] Default: Microsoft's page on the claims of access tokens.
 */

/** The claims in the order of the table. @type {readonly Claim[]} */
export const knownClaims = [
  {
    names: ['aud'],
    meaning: 'Audience: the application that the token is for. All others must reject it.',
    why: 'Each exchange asks for a token for another application. This is why tokens are exchanged and not passed on.',
  },
  {
    names: ['oid'],
    meaning: 'Object ID of the user in this tenant.',
    why: 'Every token is about the same user: the middle tier acts on behalf of that user.',
  },
  {
    names: ['tid'],
    meaning: 'ID of the tenant that the user signed in to.',
    why: 'All tokens are from the same tenant.',
  },
  {
    names: ['azp', 'appid'],
    meaning: 'The application that requested the token: `azp` in version 2.0, `appid` in version 1.0.',
    why: 'The SPA requested A. The middle tier requested the tokens that it exchanged A for.',
  },
  {
    names: ['scp'],
    meaning: 'Scopes: what the application may do on behalf of the user.',
    why: 'Scopes belong to one audience. An exchange gets those that the user consented to for the middle tier.',
  },
  {
    names: ['sub'],
    meaning: 'Subject: the user, under a name that differs for each audience.',
    why: 'It is pairwise, so that two applications cannot recognize a user by it. Use `oid` and `tid` for that.',
  },
  {
    names: ['ver'],
    meaning: 'Version of the token’s format.',
    why: 'The audience decides it: Microsoft Graph still gets 1.0.',
  },
  {
    names: ['iss'],
    meaning: 'Issuer: the tenant that signed the token.',
    why: 'Its form depends on the version.',
  },
  {
    names: ['exp'],
    meaning: 'Expiry. The token must not be accepted from then on.',
    why: 'Each token has its own lifetime, which starts when it is issued.',
  },
  { names: ['iat'], meaning: 'When the token was issued.' },
  {
    names: ['acrs'],
    meaning:
      'Authentication contexts that the user has satisfied, such as a second factor for a sensitive operation.',
    why: 'They are part of the sign-in, so an exchange passes them on.',
    link: 'https://learn.microsoft.com/en-us/entra/identity-platform/developer-guide-conditional-access-authentication-context',
  },
  {
    names: ['xms_cc'],
    meaning: 'Client capabilities: `CP1` says that the application handles claims challenges.',
    why: 'Each application declares it for the tokens that it requests, and only some audiences receive it.',
    link: 'https://learn.microsoft.com/en-us/entra/identity-platform/claims-challenge',
  },
  {
    names: ['azpacr', 'appidacr'],
    meaning: 'How the application authenticated: 0 not at all, 1 with a secret, 2 with a certificate.',
    why: 'The SPA is a public client. The middle tier has a credential.',
  },
  { names: ['roles'], meaning: 'App roles of the user, or of the application, at the audience.' },
  { names: ['wids'], meaning: 'Directory roles of the user.' },
  { names: ['name'], meaning: 'Display name, for people. Never decide access by it.' },
  {
    names: ['preferred_username', 'upn'],
    meaning: 'Sign-in name, for people. It can change, so never decide access by it.',
  },
  { names: ['sid'], meaning: 'ID of the sign-in session.', link: optionalClaims },
  { names: ['uti'], meaning: 'ID of this one token, as `jti` is elsewhere.' },
  { names: ['amr'], meaning: 'How the user authenticated: password, second factor.' },
  { names: ['idtyp'], meaning: '`user` or `app`: whether the token is for a user.', link: optionalClaims },
  { names: ['acct'], meaning: '0 for a member of the tenant, 1 for a guest.', link: optionalClaims },
  { names: ['idp'], meaning: 'Where a guest comes from.' },
  { names: ['nbf'], meaning: 'The token must not be accepted before.' },
];

/** @param {Claim} claim */
export const linkTo = ({ link = accessTokens }) => link;

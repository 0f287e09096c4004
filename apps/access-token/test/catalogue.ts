import { api, client, type Forge, otherApi, otherTenantId, scope } from '../testing/forge.ts';

/** One token or request, and the answer it must get from every validator. */
export interface Row {
  title: string;
  /** Authorization header lines; several make a repeated header. */
  authorization?: (forge: Forge) => string | string[] | undefined;
  request?: (forge: Forge) => {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string;
  };
  status: number;
  code?: string;
}

const bearer = (make: (forge: Forge) => string) => (forge: Forge) => `Bearer ${make(forge)}`;
const token = (title: string, make: (forge: Forge) => string, status = 401, code = 'invalid_token'): Row => ({
  title,
  authorization: bearer(make),
  status,
  ...(status === 200 ? {} : { code }),
});
const claims = (
  title: string,
  changes: (forge: Forge) => Record<string, unknown>,
  status = 401,
  code = 'invalid_token',
) => token(title, (forge) => forge.valid(changes(forge)), status, code);
const header = (title: string, changes: (forge: Forge) => Record<string, unknown>, status = 401) =>
  token(title, (forge) => forge.valid({}, changes(forge)), status);

const parts = (forge: Forge): [string, string, string] => {
  const [first = '', second = '', third = ''] = forge.valid().split('.');
  return [first, second, third];
};
const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const unsigned = (algorithm: string) => (forge: Forge) =>
  `${b64(JSON.stringify(forge.header({ alg: algorithm })))}.${b64(JSON.stringify(forge.claims()))}.`;

const presentation: Row[] = [
  { title: 'no Authorization header', status: 401, code: 'missing_token' },
  { title: 'an empty Authorization header', authorization: () => '', status: 401, code: 'missing_token' },
  { title: 'the scheme alone', authorization: () => 'Bearer', status: 400, code: 'invalid_request' },
  { title: 'the scheme and a space', authorization: () => 'Bearer ', status: 400, code: 'invalid_request' },
  { title: 'Basic', authorization: () => 'Basic dXNlcjpwYXNz', status: 401, code: 'missing_token' },
  { title: 'DPoP', authorization: (f) => `DPoP ${f.valid()}`, status: 401, code: 'missing_token' },
  { title: 'a token without a scheme', authorization: (f) => f.valid(), status: 401, code: 'missing_token' },
  {
    title: 'a scheme that begins like Bearer',
    authorization: (f) => `Bearers ${f.valid()}`,
    status: 401,
    code: 'missing_token',
  },
  {
    title: 'two schemes in one header',
    authorization: (f) => `Basic x, Bearer ${f.valid()}`,
    status: 401,
    code: 'missing_token',
  },
  { title: 'bearer in lower case', authorization: (f) => `bearer ${f.valid()}`, status: 200 },
  { title: 'BEARER in upper case', authorization: (f) => `BEARER ${f.valid()}`, status: 200 },
  { title: 'two spaces (RFC 9110: 1*SP)', authorization: (f) => `Bearer  ${f.valid()}`, status: 200 },
  {
    title: 'a tab instead of a space',
    authorization: (f) => `Bearer\t${f.valid()}`,
    status: 400,
    code: 'invalid_request',
  },
  {
    title: 'two tokens',
    authorization: (f) => `Bearer ${f.valid()} ${f.valid()}`,
    status: 400,
    code: 'invalid_request',
  },
  {
    title: 'a quoted token',
    authorization: (f) => `Bearer "${f.valid()}"`,
    status: 400,
    code: 'invalid_request',
  },
  {
    title: 'two Authorization headers',
    authorization: (f) => [`Bearer ${f.valid()}`, `Bearer ${f.valid()}`],
    status: 400,
    code: 'invalid_request',
  },
  {
    title: 'a Bearer and a Basic header',
    authorization: (f) => [`Bearer ${f.valid()}`, 'Basic x'],
    status: 400,
    code: 'invalid_request',
  },
  {
    title: 'the token in the query string (RFC 6750, 2.3)',
    request: (f) => ({ path: `/who?access_token=${f.valid()}` }),
    status: 401,
    code: 'missing_token',
  },
  {
    title: 'the token in the header and in the query string',
    authorization: bearer((f) => f.valid()),
    request: () => ({ path: '/who?access_token=x' }),
    status: 400,
    code: 'invalid_request',
  },
  {
    title: 'the token in a form body',
    request: (f) => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `access_token=${f.valid()}`,
    }),
    status: 401,
    code: 'missing_token',
  },
  {
    title: 'the token in a JSON body',
    request: (f) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: f.valid() }),
    }),
    status: 401,
    code: 'missing_token',
  },
  {
    title: 'the token in the body of a GET',
    request: (f) => {
      const body = JSON.stringify({ access_token: f.valid() });
      return { headers: { 'content-type': 'application/json', 'content-length': String(body.length) }, body };
    },
    status: 401,
    code: 'missing_token',
  },
  {
    title: 'the token as __proto__ of a JSON body',
    request: (f) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"__proto__":{"access_token":"${f.valid()}"}}`,
    }),
    status: 401,
    code: 'missing_token',
  },
  {
    title: 'a 5 MB body without a token, which is not read',
    request: () => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '5000000' },
      body: '{',
    }),
    status: 401,
    code: 'missing_token',
  },
];

const form: Row[] = [
  token('one part', () => 'opaque'),
  token('a GUID', () => otherApi),
  token('two parts', (f) => parts(f).slice(0, 2).join('.')),
  token('four parts', (f) => `${f.valid()}.x`),
  token('five parts, as a JWE', (f) => `${f.valid()}.x.y`),
  token('four dots', () => '....'),
  token('two dots', () => '..'),
  token('base64 with padding', (f) => `${f.valid()}==`),
  token('base64 with + and /', (f) => f.valid().replace(/.$/, '+/')),
  {
    title: 'letters outside the token grammar',
    authorization: () => 'Bearer töken',
    status: 400,
    code: 'invalid_request',
  },
  token(
    'a refresh token',
    () => '0.AXoAf8ExampleRefreshToken-abc_DEF.AgABAwEAAAAmoFfGtYxvRrNriQdPKIZ-AgDs_wUA9P',
  ),
  token('a header that is not JSON', (f) => f.signed('not json', f.claims())),
  token('a header of null', (f) => f.signed('null', f.claims())),
  token('a header that is an array', (f) => f.signed('[]', f.claims())),
  token('a header that is a number', (f) => f.signed('7', f.claims())),
  token('a payload that is not JSON', (f) => f.signed(f.header(), 'not json')),
  token('a payload of null', (f) => f.signed(f.header(), 'null')),
  token('a payload that is an array', (f) => f.signed(f.header(), '[1,2]')),
  token('a payload that is a string', (f) => f.signed(f.header(), '"x"')),
  token('a payload that is a number', (f) => f.signed(f.header(), '7')),
  token('a payload that is empty', (f) => f.signed(f.header(), '{}')),
  token(
    'a payload of bytes that are not UTF-8',
    (f) =>
      `${b64(JSON.stringify(f.header()))}.${Buffer.from([0xff, 0xfe, 0x7b]).toString('base64url')}.${parts(f)[2]}`,
  ),
  token('a duplicate claim: the last one counts, and is wrong', (f) =>
    f.signed(f.header(), JSON.stringify(f.claims()).replace('}', `,"aud":"${otherApi}"}`)),
  ),
  token(
    'a duplicate claim: the last one counts, and is right',
    (f) => f.signed(f.header(), JSON.stringify(f.claims()).replace('{', `{"aud":"${otherApi}",`)),
    200,
  ),
  token(
    'a token with 200 groups (12 kB)',
    (f) => f.valid({ groups: Array.from({ length: 200 }, () => otherApi) }),
    200,
  ),
  token('a token of 21 kB', (f) => f.valid({ filler: 'x'.repeat(15_000) }), 200),
];

const algorithms: Row[] = [
  token('alg none, no signature', unsigned('none')),
  token('alg None', unsigned('None')),
  token('alg nOnE', unsigned('nOnE')),
  token('alg NONE', unsigned('NONE')),
  token('alg none with the signature of RS256', (f) => `${unsigned('none')(f)}${parts(f)[2]}`),
  header('alg in lower case (rs256)', () => ({ alg: 'rs256' })),
  header('alg missing', () => ({ alg: undefined })),
  header('alg a list', () => ({ alg: ['RS256'] })),
  header('alg RS512 said, RS256 made', () => ({ alg: 'RS512' })),
  token('HS256 with the public key as SPKI PEM', (f) => f.signedBy('hmac-spki')),
  token('HS256 with the public key as PKCS#1 PEM', (f) => f.signedBy('hmac-pkcs1')),
  token('HS256 with an empty key', (f) => f.signedBy('hmac-empty')),
  token('HS256 made, RS256 said', (f) => f.signedBy('hmac-spki', { alg: 'RS256' })),
  token('PS256 with the right key', (f) => f.signedBy('pss')),
  token('ES256', (f) => f.signedBy('ec')),
];

const signature: Row[] = [
  token('another key under the same kid', (f) => f.signedBy('rogue')),
  token('the signature empty', (f) => `${parts(f).slice(0, 2).join('.')}.`),
  token('the signature cut', (f) => f.valid().slice(0, -20)),
  token('the signature altered in the middle', (f) => {
    const [head, payload, made] = parts(f);
    const at = 100;
    return `${head}.${payload}.${made.slice(0, at)}${made[at] === 'A' ? 'B' : 'A'}${made.slice(at + 1)}`;
  }),
  token(
    'the signature of another token',
    (f) => `${parts(f).slice(0, 2).join('.')}.${f.valid({ uti: 'y' }).split('.')[2]}`,
  ),
  token(
    'the payload altered after signing',
    (f) => `${parts(f)[0]}.${b64(JSON.stringify(f.claims({ oid: otherApi })))}.${parts(f)[2]}`,
  ),
  token(
    'the header altered after signing',
    (f) => `${b64(JSON.stringify(f.header({ x: 1 })))}.${parts(f)[1]}.${parts(f)[2]}`,
  ),
];

const headers: Row[] = [
  header('an unknown kid', () => ({ kid: 'unknown' })),
  header('no kid', () => ({ kid: undefined })),
  header('an empty kid', () => ({ kid: '' })),
  header('kid as a path', () => ({ kid: '../../../dev/null' })),
  header('kid as SQL', () => ({ kid: "' OR 1=1 --" })),
  header('kid __proto__', () => ({ kid: '__proto__' })),
  header('kid constructor', () => ({ kid: 'constructor' })),
  header('kid an object', (f) => ({ kid: { toString: f.header().kid } })),
  header('kid a list', (f) => ({ kid: [f.header().kid] })),
  header('kid a number', () => ({ kid: 0 })),
  header('kid of 10 kB', () => ({ kid: 'k'.repeat(10_000) })),
  header('x5t equal to kid, as Entra writes it in v1 tokens', (f) => ({ x5t: f.header().kid }), 200),
  header('x5t of another key', () => ({ x5t: 'other' })),
  header('x5t right and no kid', (f) => ({ x5t: f.header().kid, kid: undefined })),
  header('x5t a number', () => ({ x5t: 7 })),
  token('an embedded jwk that made the signature', (f) =>
    f.signedBy('rogue', { jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }),
  ),
  token('jku that points elsewhere', (f) => f.signedBy('rogue', { jku: f.attackerUrl })),
  token('x5u that points elsewhere', (f) => f.signedBy('rogue', { x5u: f.attackerUrl })),
  token('x5c with a certificate of its own', (f) => f.signedBy('rogue', { x5c: ['MIIB'] })),
  header('crit with an unknown extension (RFC 7515, 4.1.11)', () => ({ crit: ['exp'], exp: 1 })),
  header('crit empty', () => ({ crit: [] })),
  header('b64 false with crit', () => ({ b64: false, crit: ['b64'] })),
  header('b64 false without crit', () => ({ b64: false })),
  header('zip', () => ({ zip: 'DEF' }), 200),
  header('typ at+jwt', () => ({ typ: 'at+jwt' })),
  header('typ dpop+jwt', () => ({ typ: 'dpop+jwt' })),
  header('typ absent', () => ({ typ: undefined })),
  header('typ a list', () => ({ typ: ['JWT'] })),
  token('a token of Microsoft Graph, whose nonce makes its signature unverifiable', (f) =>
    f
      .signed(f.header({ nonce: 'x' }), f.claims({ aud: 'https://graph.microsoft.com' }))
      .replace(/.{8}$/, 'AAAAAAAA'),
  ),
];

const time: Row[] = [
  claims('expired an hour ago', ({ now }) => ({ exp: now - 3600, iat: now - 7200, nbf: now - 7200 })),
  claims('expired 4 minutes ago: clocks may not differ that much', ({ now }) => ({ exp: now - 240 })),
  claims('expired 6 minutes ago', ({ now }) => ({ exp: now - 360 })),
  claims('expired one second beyond the tolerance', ({ now }) => ({ exp: now - 61 })),
  claims('expired exactly at the tolerance', ({ now }) => ({ exp: now - 60 })),
  claims(
    'expired within the tolerance',
    ({ now }) => ({ exp: now - 30, iat: now - 3600, nbf: now - 3600 }),
    200,
  ),
  claims('no exp', () => ({ exp: undefined })),
  claims('exp a string', ({ now }) => ({ exp: String(now + 3600) })),
  claims('exp negative', () => ({ exp: -1 })),
  claims('exp zero', () => ({ exp: 0 })),
  claims('exp a fraction', ({ now }) => ({ exp: now + 0.5 })),
  claims('exp in milliseconds', ({ now }) => ({ exp: now * 1000 })),
  claims('exp 1e308', () => ({ exp: 1e308 })),
  claims(
    '28 hours of life, the longest of Entra',
    ({ now }) => ({ iat: now, nbf: now, exp: now + 28 * 3600 }),
    200,
  ),
  claims('29 hours of life', ({ now }) => ({ iat: now, nbf: now, exp: now + 29 * 3600 })),
  claims('nbf in an hour', ({ now }) => ({ nbf: now + 3600 })),
  claims('nbf in 4 minutes', ({ now }) => ({ nbf: now + 240 })),
  claims('nbf within the tolerance', ({ now }) => ({ nbf: now + 30 }), 200),
  claims('nbf a string', ({ now }) => ({ nbf: String(now) })),
  claims('nbf after exp', ({ now }) => ({ nbf: now + 50, exp: now + 40 })),
  claims('no nbf', () => ({ nbf: undefined })),
  claims('iat in 4 minutes', ({ now }) => ({ iat: now + 240 })),
  claims('iat in 6 minutes', ({ now }) => ({ iat: now + 360 })),
  claims('iat within the tolerance', ({ now }) => ({ iat: now + 30 }), 200),
  claims('no iat', () => ({ iat: undefined })),
];

const audience: Row[] = [
  claims('another API', () => ({ aud: otherApi })),
  claims('Microsoft Graph', () => ({ aud: 'https://graph.microsoft.com' })),
  claims('Microsoft Graph by its app id', () => ({ aud: '00000003-0000-0000-c000-000000000000' })),
  claims('no aud', () => ({ aud: undefined })),
  claims('aud empty', () => ({ aud: '' })),
  claims('aud a list of ours and another', () => ({ aud: [api, otherApi] })),
  claims('aud a list of ours alone', () => ({ aud: [api] })),
  claims('aud an object', () => ({ aud: { [api]: true } })),
  claims('aud with a suffix', () => ({ aud: `${api}.evil.example` })),
  claims('aud a prefix of ours', () => ({ aud: api.slice(0, -1) })),
  claims('aud in upper case', () => ({ aud: api.toUpperCase() })),
  claims('aud spn:', () => ({ aud: `spn:${api}` })),
  claims('the App ID URI in a v2.0 token', () => ({ aud: `api://${api}` })),
  claims('the client as audience: its ID token', () => ({ aud: client, scp: undefined })),
];

const issuer: Row[] = [
  claims('another tenant', () => ({
    iss: `https://login.microsoftonline.com/${otherTenantId}/v2.0`,
    tid: otherTenantId,
  })),
  claims('another tenant with our tid', () => ({
    iss: `https://login.microsoftonline.com/${otherTenantId}/v2.0`,
  })),
  claims('our issuer with the tid of another tenant', () => ({ tid: otherTenantId })),
  claims('no tid', () => ({ tid: undefined })),
  claims('tid a domain', () => ({ tid: 'contoso.onmicrosoft.com' })),
  claims('no iss', () => ({ iss: undefined })),
  claims('iss with a slash at the end', (f) => ({ iss: `${f.issuer}/` })),
  claims('iss http', (f) => ({ iss: f.issuer.replace('https', 'http') })),
  claims('iss a list', (f) => ({ iss: [f.issuer] })),
  claims('iss of common', () => ({ iss: 'https://login.microsoftonline.com/common/v2.0' })),
  claims('iss with the tenant in upper case', (f) => ({ iss: f.issuer.toUpperCase() })),
  claims('iss v1 (sts.windows.net) for a v2-only app', (f) => ({
    iss: `https://sts.windows.net/${f.claims().tid}/`,
  })),
  claims('a whole v1 token', (f) => ({
    iss: `https://sts.windows.net/${f.claims().tid}/`,
    aud: `api://${api}`,
    ver: '1.0',
    appid: client,
    azp: undefined,
  })),
  claims('ver 1.0 under the v2 issuer', () => ({ ver: '1.0' })),
  claims('no ver', () => ({ ver: undefined })),
  claims('ver a number', () => ({ ver: 2 })),
];

const permission: Row[] = [
  claims('a wider scp that holds ours', () => ({ scp: `a ${scope} b` }), 200),
  claims('another scope', () => ({ scp: 'other' }), 403, 'insufficient_scope'),
  claims('our scope as a prefix of another', () => ({ scp: `${scope}_too` }), 403, 'insufficient_scope'),
  claims('our scope as a suffix of another', () => ({ scp: `not_${scope}` }), 403, 'insufficient_scope'),
  claims('our scope in another case', () => ({ scp: scope.toUpperCase() }), 403, 'insufficient_scope'),
  claims('scopes separated by commas', () => ({ scp: `a,${scope}` }), 403, 'insufficient_scope'),
  claims('scopes separated by lines', () => ({ scp: `a\n${scope}` }), 403, 'insufficient_scope'),
  claims('our scope with its resource', () => ({ scp: `api://${api}/${scope}` }), 403, 'insufficient_scope'),
  claims('an empty scp', () => ({ scp: '' }), 403, 'insufficient_scope'),
  claims('neither scp nor roles', () => ({ scp: undefined })),
  claims('an ID token for this API (one registration for both)', () => ({
    scp: undefined,
    nonce: 'x',
    azp: undefined,
  })),
  claims(
    'app-only: roles, no scp, idtyp app',
    () => ({ scp: undefined, roles: ['Leave.Read.All'], idtyp: 'app' }),
    403,
    'insufficient_scope',
  ),
  claims(
    'app-only without idtyp',
    () => ({ scp: undefined, roles: ['Leave.Read.All'] }),
    403,
    'insufficient_scope',
  ),
  claims('our scope among the roles', () => ({ scp: undefined, roles: [scope] }), 403, 'insufficient_scope'),
  claims('idtyp app with scp', () => ({ idtyp: 'app' })),
  claims('idtyp user', () => ({ idtyp: 'user' }), 200),
  claims('idtyp unknown', () => ({ idtyp: 'device' })),
  claims('roles beside scp: a user with an app role', () => ({ roles: ['Approver'] }), 200),
  claims('an application that is not allowed', () => ({ azp: otherApi }), 403, 'client_not_allowed'),
  claims('this API itself as the caller', () => ({ azp: api }), 403, 'client_not_allowed'),
  claims('no azp', () => ({ azp: undefined })),
  claims('appid in place of azp', () => ({ azp: undefined, appid: client })),
  claims('azp in upper case', () => ({ azp: client.toUpperCase() }), 403, 'client_not_allowed'),
  claims(
    'an agent identity on behalf of a user, although its blueprint is allowed',
    () => ({ azp: otherApi, xms_par_app_azp: client, xms_act_fct: '3 9 11', xms_sub_fct: '3 9' }),
    403,
    'client_not_allowed',
  ),
  claims(
    'an agent identity that acts as a user of its own',
    () => ({ azp: otherApi, xms_par_app_azp: client, xms_act_fct: '3 9 11', xms_sub_fct: '3 9 13' }),
    403,
    'client_not_allowed',
  ),
  claims(
    'an agent identity without a user',
    () => ({
      azp: otherApi,
      scp: undefined,
      roles: ['Leave.Read.All'],
      idtyp: 'app',
      xms_par_app_azp: client,
      xms_act_fct: '3 9 11',
      xms_sub_fct: '3 9 11',
    }),
    403,
    'client_not_allowed',
  ),
  claims('no oid', () => ({ oid: undefined })),
  claims('oid not a GUID', () => ({ oid: 'ada@contoso.example' })),
  claims('no sub', () => ({ sub: undefined })),
  claims('sub empty', () => ({ sub: '' })),
  claims(
    'a guest of this tenant',
    () => ({ idp: `https://sts.windows.net/${otherTenantId}/`, acct: 1 }),
    200,
  ),
];

const hostile = [
  'a\r\nSet-Cookie: x=1',
  'a\u0000b',
  '\u2028',
  '<script>alert(1)</script>',
  "'; DROP TABLE leave; --",
  '{{7*7}}',
  'x'.repeat(10_000),
];

const hostileText: Row[] = hostile.flatMap((text) => {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 8)}…` : text);
  return [
    claims(`name ${shown}`, () => ({ name: text, preferred_username: text }), 200),
    claims(`sub ${shown}`, () => ({ sub: text }), text.length > 256 ? 401 : 200),
    claims(`oid ${shown}`, () => ({ oid: text })),
    claims(
      `scp ${shown}`,
      () => ({ scp: text }),
      text.length > 4096 ? 401 : 403,
      text.length > 4096 ? 'invalid_token' : 'insufficient_scope',
    ),
    claims(`a claim named ${shown}`, () => ({ [text]: text.slice(0, 100) }), 200),
  ];
});

const shapes: [string, unknown][] = [
  ['a number', 7],
  ['a list', ['x']],
  ['an object', { a: { b: 1 } }],
  ['null', null],
  ['true', true],
  ['a huge string', 'x'.repeat(8_000)],
];
/** Claims that decide, and the shapes of them that are no fault. */
const decisive: Record<string, readonly string[]> = {
  aud: [],
  iss: [],
  iat: [],
  nbf: ['a number'],
  exp: [],
  tid: [],
  oid: [],
  sub: [],
  ver: [],
  azp: [],
  scp: [],
  roles: ['a list'],
  idtyp: [],
};
const ignored = ['name', 'preferred_username', 'uti', 'azpacr', 'groups', 'xms_cc', 'email'];

const wrongShapes: Row[] = [
  ...Object.entries(decisive).flatMap(([claim, harmless]) =>
    shapes.map(([shape, value]) =>
      claims(`${claim} is ${shape}`, () => ({ [claim]: value }), harmless.includes(shape) ? 200 : 401),
    ),
  ),
  ...ignored.flatMap((claim) =>
    shapes.map(([shape, value]) => claims(`${claim} is ${shape}`, () => ({ [claim]: value }), 200)),
  ),
];

/**
 * Tokens and requests that an API meets, with the answer of RFC 6750 (section 3.1), RFC 8725 and Entra's guidance on
 * access tokens.
 */
export const catalogue: Record<string, Row[]> = {
  'how the token is presented (RFC 6750)': presentation,
  'the form of the token (RFC 7515, RFC 7519)': form,
  'algorithms (RFC 8725, 3.1 and 3.2)': algorithms,
  'the signature (RFC 8725, 3.3)': signature,
  'the header (RFC 8725, 3.10 and 3.11)': headers,
  'lifetime (RFC 7519, 4.1.4 to 4.1.6)': time,
  'audience (RFC 8725, 3.9)': audience,
  'issuer and tenant (RFC 8725, 3.8)': issuer,
  permission: permission,
  'hostile text in claims': hostileText,
  'claims of another shape': wrongShapes,
};

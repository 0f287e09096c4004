import fc from 'fast-check';

/** Values of any JSON type, including ones that often break programs. */
const oddValues = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom<unknown>(
    null,
    [],
    {},
    -1,
    0.5,
    1e308,
    Number.MAX_SAFE_INTEGER + 2,
    '',
    '\u0000',
    '\ud83d',
    '__proto__',
    'x'.repeat(5_000),
  ),
);

const claimNames = fc.constantFrom(
  ...['iss', 'aud', 'iat', 'nbf', 'exp', 'tid', 'oid', 'sub', 'ver', 'azp', 'appid', 'scp', 'roles', 'idtyp'],
  ...['name', 'groups', 'acct', 'nonce', '__proto__', 'constructor', 'toString', ''],
);

/** Changes to the claims of a valid token: any claim may be missing or have any value. */
export const claimChanges = fc
  .array(fc.tuple(claimNames, fc.option(oddValues, { nil: undefined })), { maxLength: 4 })
  .map((changes) => Object.fromEntries(changes));

/** Parts of the header's grammar (RFC 9110, section 11.6.2; RFC 7515, section 3), in any order. */
const nearGrammar = (token: string) =>
  fc
    .array(
      fc.constantFrom(
        ...[
          'Bearer',
          'bearer',
          'BEARER',
          'Basic',
          'DPoP',
          ' ',
          '  ',
          '\t',
          ',',
          '=',
          '"',
          ';',
          '.',
          '..',
          '-',
          '_',
        ],
        ...[
          'e30',
          'eyJhbGciOiJub25lIn0',
          'AAAA',
          '\u00e4',
          '\u0000',
          '\r',
          '\n',
          '\r\n',
          '\r\nAuthorization: Bearer ',
        ],
        ...[token, ...token.split('.')],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? '').toString('base64url');

/** A valid token with a piece cut out, put in, or replaced; or with another header or payload. */
const mutated = (token: string) => {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const place = fc.nat(token.length);
  return fc.oneof(
    fc
      .tuple(place, place, fc.string({ maxLength: 10 }))
      .map(
        ([from, to, piece]) => token.slice(0, Math.min(from, to)) + piece + token.slice(Math.max(from, to)),
      ),
    fc
      .tuple(place, fc.nat(127))
      .map(([at, code]) => token.slice(0, at) + String.fromCharCode(code) + token.slice(at + 1)),
    fc.tuple(place, place).map(([from, to]) => token + token.slice(Math.min(from, to), Math.max(from, to))),
    fc.shuffledSubarray([header, payload, signature]).map((parts) => parts.join('.')),
    oddValues.map((value) => [base64url(value), payload, signature].join('.')),
    oddValues.map((value) => [header, base64url(value), signature].join('.')),
    fc
      .dictionary(fc.constantFrom('alg', 'typ', 'kid', 'jku', 'x5t', 'crit', 'b64', 'zip', 'cty'), oddValues)
      .map((parameters) => {
        const original: object = JSON.parse(Buffer.from(header, 'base64url').toString());
        return [base64url({ ...original, ...parameters }), payload, signature].join('.');
      }),
  );
};

/**
 * Values of the Authorization header, a character a byte: bytes of any kind, what is near its grammar, and what is
 * near a valid token.
 */
export const authorizationHeaders = (token: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => `Bearer ${Buffer.from(bytes).toString('latin1')}`),
    nearGrammar(token),
    nearGrammar(token).map((text) => `Bearer ${text}`),
    mutated(token).map((text) => `Bearer ${text}`),
  );

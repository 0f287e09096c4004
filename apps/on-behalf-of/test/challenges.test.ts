import { expect, test } from 'vitest';
import { parseChallenges } from '../src/challenges.ts';

const claims = 'eyJhY2Nlc3NfdG9rZW4iOnt9fQ==';
const stepUp = { scheme: 'bearer', parameters: { error: 'insufficient_claims', claims } };

test.each<[string, string, object[]]>([
  ['quotes', `Bearer error="insufficient_claims", claims="${claims}"`, [stepUp]],
  ['no quotes', `Bearer error=insufficient_claims, claims=${claims}`, [stepUp]],
  ['another order', `Bearer claims="${claims}", error="insufficient_claims"`, [stepUp]],
  ['other letter case', `BEARER Error="insufficient_claims", CLAIMS="${claims}"`, [stepUp]],
  ['space around equals signs', `Bearer error = "insufficient_claims" , claims =\t"${claims}"`, [stepUp]],
  ['no space after commas', `Bearer error="insufficient_claims",claims="${claims}"`, [stepUp]],
  ['empty list elements', `, ,Bearer ,error="insufficient_claims",, claims="${claims}",`, [stepUp]],
  ['escaped characters', String.raw`Bearer error="insufficient\_claims", claims="${claims}"`, [stepUp]],
  [
    'another challenge in front',
    `PoP nonce="n", Bearer error="insufficient_claims", claims="${claims}"`,
    [{ scheme: 'pop', parameters: { nonce: 'n' } }, stepUp],
  ],
  [
    'another challenge in front, joined without a space',
    `PoP nonce="n",Bearer error="insufficient_claims", claims="${claims}"`,
    [{ scheme: 'pop', parameters: { nonce: 'n' } }, stepUp],
  ],
  [
    'another challenge behind',
    `Bearer error="insufficient_claims", claims="${claims}", Basic realm="a"`,
    [stepUp, { scheme: 'basic', parameters: { realm: 'a' } }],
  ],
  [
    'a challenge without parameters in front',
    `Negotiate, Bearer error="insufficient_claims", claims="${claims}"`,
    [{ scheme: 'negotiate', parameters: {} }, stepUp],
  ],
  [
    'a challenge with a token68 in front',
    `NTLM TlRMTVNTUAAC==, Bearer error="insufficient_claims", claims="${claims}"`,
    [{ scheme: 'ntlm', parameters: {} }, stepUp],
  ],
  [
    'commas, equals signs and names of schemes in a quoted value',
    `Bearer realm="a, Basic error=\\"none\\", b=c", error="insufficient_claims", claims="${claims}"`,
    [
      {
        scheme: 'bearer',
        parameters: { realm: 'a, Basic error="none", b=c', error: 'insufficient_claims', claims },
      },
    ],
  ],
  [
    'a name that occurs twice',
    'Bearer error="invalid_token", error="insufficient_claims"',
    [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
  ],
  [
    'a name that ends with that of another',
    'Bearer x_error="insufficient_claims"',
    [{ scheme: 'bearer', parameters: { x_error: 'insufficient_claims' } }],
  ],
  ['an empty quoted value', 'Bearer realm=""', [{ scheme: 'bearer', parameters: { realm: '' } }]],
  ['a scheme alone', 'Bearer', [{ scheme: 'bearer', parameters: {} }]],
  ['nothing', '', []],
  ['a quoted value without an end', 'Bearer realm="a', [{ scheme: 'bearer', parameters: {} }]],
  ['a parameter without a scheme', 'error="insufficient_claims"', []],
])('WWW-Authenticate is read with %s', (_title, header, expected) => {
  const parsed = parseChallenges(header).map(({ scheme, parameters }) => ({
    scheme,
    parameters: Object.fromEntries(parameters),
  }));
  expect(parsed).toEqual(expected);
});

import {
  contentOf,
  createValidatedTokens,
  digestOf,
  type SigningKey,
  type VerifyOptions,
  validators,
  verifyWith,
} from '@obo/access-token/testing';
import { type BenchRow, shownRow, withSpread } from './bench-row.ts';
import { assertionClaims, createBenchIssuer } from './large-tokens.ts';

const rounds = 40;
const callsARound = 64;

/** Measures the ways to validate a token: microseconds per call. */
export async function tokenValidationRows(): Promise<BenchRow[]> {
  const { jwk, sign, verify } = createBenchIssuer();
  const key: SigningKey = { kty: 'RSA', kid: String(jwk.kid), n: String(jwk.n), e: String(jwk.e) };
  const claims = Array.from({ length: callsARound }, (_, index) => assertionClaims(index));
  const tokens: string[] = [];
  const { iss, aud } = assertionClaims(0);
  const options: VerifyOptions = { issuers: [iss], audiences: [aud], clockTolerance: 300 };
  const verifiers = validators.map((name) => [name, verifyWith[name](options)] as const);
  const validatedTokens = createValidatedTokens({ isCurrent: () => true });
  for (const content of claims) {
    const token = sign(content);
    tokens.push(token);
    validatedTokens.keep({ ...contentOf(content, digestOf(token)), key });
  }

  const ways: Record<string, (token: string) => unknown> = {
    ...Object.fromEntries(verifiers.map(([name, verify]) => [name, (token) => verify(token, key)])),
    'a bare RS256 verification': (token) => verify(token) || fail(),
    'the guard, for a cached token': (token) => validatedTokens.find(digestOf(token)) ?? fail(),
  };
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = -10; round < rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const fresh = tokens.map((token) => Buffer.from(token).toString('latin1'));
      const started = performance.now();
      for (const token of fresh) await way(token);
      if (round >= 0) times.get(name)?.push(((performance.now() - started) * 1000) / callsARound);
    }
  }
  return [...times].map(([name, measured]) =>
    shownRow(`Validating one token: ${name}`, `${withSpread(measured, 1)} µs`),
  );
}

function fail(): never {
  throw new Error('A valid token was rejected');
}

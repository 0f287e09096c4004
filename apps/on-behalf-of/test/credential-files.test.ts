import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import { beforeAll, describe, expect, test } from 'vitest';
import { readAssertion, readCertificate } from '../src/client-credential/credential-files.ts';

type Pair = Awaited<ReturnType<typeof generate>>;
let pair: Pair;
let other: Pair;

beforeAll(async () => {
  const named = (value: string) => generate([{ name: 'commonName', value }], { algorithm: 'sha256' });
  [pair, other] = await Promise.all([named('middle-tier'), named('issuer')]);
});

describe('a certificate with its key', () => {
  test.each<[string, () => string]>([
    ['key first', () => pair.private + pair.cert],
    ['certificate first', () => `${pair.cert}\n${pair.private}`],
    ['with an issuer certificate before it', () => other.cert + pair.cert + pair.private],
    ['with attributes between, as Key Vault writes it', () => `Bag\n${pair.private}key: 1\n${pair.cert}`],
  ])('is read in any order: %s', (_order, pem) => {
    const { privateKey, thumbprintSha256 } = readCertificate(pem());
    expect(createPrivateKey(privateKey).equals(createPrivateKey(pair.private))).toBe(true);
    const { raw } = new X509Certificate(pair.cert);
    expect(thumbprintSha256).toBe(createHash('sha256').update(raw).digest('hex'));
  });

  const elliptic = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const encrypted = () =>
    createPrivateKey(pair.private).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
  test.each<[string, () => string]>([
    ['contains no private key', () => pair.cert],
    ['contains no certificate', () => pair.private],
    ['contains a certificate for another key', () => pair.private + other.cert],
    ['contains an encrypted private key', () => encrypted() + pair.cert],
    [
      'contains a private key that is not RSA',
      () => elliptic().export({ type: 'pkcs8', format: 'pem' }) + pair.cert,
    ],
    ['contains a private key that cannot be read', () => pair.private.replace('MII', 'AAA') + pair.cert],
    ['contains a certificate that cannot be read', () => pair.private + pair.cert.replace('MII', 'AAA')],
  ])('is rejected with a message that quotes nothing from the file: %s', (message, pem) => {
    expect(() => readCertificate(pem())).toThrow(new RegExp(`^${message}$`));
  });

  test('is rejected when it has expired', () => {
    const { validToDate } = new X509Certificate(pair.cert);
    const pem = pair.private + pair.cert;
    expect(() => readCertificate(pem, new Date(validToDate.getTime() - 1000))).not.toThrow();
    expect(() => readCertificate(pem, validToDate)).toThrow(/expired on \d{4}-\d\d-\d\d$/);
  });
});

describe('the token for a workload identity', () => {
  test('is read without its trailing line break', () => {
    expect(readAssertion('aaa.b-b.c_c\n')).toBe('aaa.b-b.c_c');
  });

  test.each(['', 'aaa.bbb', 'aaa.bbb.ccc ddd', '<html>'])('is rejected if it is not a JWT: %j', (text) => {
    expect(() => readAssertion(text)).toThrow('contains no token');
  });
});

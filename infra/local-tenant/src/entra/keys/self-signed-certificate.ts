import { type KeyObject, randomBytes, sign } from 'node:crypto';

const tag = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  dnsName: 0x82,
  ipAddress: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;
const sequence = 0x30;
const set = 0x31;

/** One value in the Distinguished Encoding Rules (X.690 §10): tag, length, content. */
function der(type: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([type, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([type, 0x80 | length.length]), length, body]);
}

const sha256WithRsa = der(sequence, der(tag.oid, Buffer.from('2a864886f70d01010b', 'hex')), der(tag.null));
const commonName = Buffer.from('550403', 'hex');
const subjectAlternativeName = Buffer.from('551d11', 'hex');

/**
 * Makes a certificate (X.509 v3, RFC 5280 §4.1) that says nothing but which key it is for: enough for those who
 * want `x5c` and thumbprints, and nothing to trust.
 *
 * @param hosts Names and addresses of a server that proves itself with it (subject alternative names).
 * @returns The certificate in DER.
 */
export function selfSignedCertificate(
  name: string,
  keys: { privateKey: KeyObject; publicKey: KeyObject },
  validity: { from: Date; until: Date },
  hosts?: { names: readonly string[]; addresses: readonly Uint8Array[] },
): Buffer {
  const subject = der(
    sequence,
    der(set, der(sequence, der(tag.oid, commonName), der(tag.utf8, Buffer.from(name)))),
  );
  const toBeSigned = der(
    sequence,
    der(tag.version, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    sha256WithRsa,
    subject,
    der(sequence, utcTime(validity.from), utcTime(validity.until)),
    subject,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    ...(hosts === undefined ? [] : [alternativeNames(hosts)]),
  );
  const signature = sign('sha256', toBeSigned, keys.privateKey);
  return der(
    sequence,
    toBeSigned,
    sha256WithRsa,
    der(tag.bitString, Buffer.concat([Buffer.from([0]), signature])),
  );
}

function alternativeNames(hosts: { names: readonly string[]; addresses: readonly Uint8Array[] }): Buffer {
  const names = hosts.names.map((name) => der(tag.dnsName, Buffer.from(name)));
  const addresses = hosts.addresses.map((address) => der(tag.ipAddress, address));
  const value = der(tag.octetString, der(sequence, ...names, ...addresses));
  return der(tag.extensions, der(sequence, der(sequence, der(tag.oid, subjectAlternativeName), value)));
}

/** `YYMMDDHHMMSSZ`: good until 2049. */
function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return der(tag.utcTime, Buffer.from(`${digits}Z`));
}

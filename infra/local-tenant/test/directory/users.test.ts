import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openDirectory, tenant } from '../../src/directory/directory.ts';
import { photoOf, photoSizes, users } from '../../src/directory/users.ts';
import { user } from '../graph/graph-caller.ts';

test('there is one user for each case that an application has to handle', () => {
  const kinds = ['manager', 'head', 'guest', 'disabled', 'administrator', 'beyondAscii'] as const;
  expect(new Set(kinds.map((kind) => user(kind).id))).toEqual(new Set(users.map(({ id }) => id)));
});

test.each(['displayName', 'jobTitle', 'department', 'mail', 'userPrincipalName'] as const)(
  'no two users share a %s',
  (property) => {
    expect(new Set(users.map((candidate) => candidate[property])).size).toBe(users.length);
  },
);

test('a guest comes from another tenant, and is named as Entra names guests', () => {
  const { mail, userPrincipalName, homeTenantId } = user('guest');
  expect(homeTenantId).not.toBe(tenant.id);
  expect(userPrincipalName).toBe(`${mail.replace('@', '_')}#EXT#@${tenant.defaultDomain}`);
});

describe('a user is found', () => {
  const directory = openDirectory(null);
  const { id, userPrincipalName, mail } = user('guest');
  test.each([
    ['by object id', id],
    ['by user principal name', userPrincipalName],
    ['by user principal name in upper case, with spaces around it', ` ${userPrincipalName.toUpperCase()} `],
    ['by the mail address, if a guest', mail],
  ])('%s', (_how, key) => {
    expect(directory.findUser(key)?.id).toBe(id);
  });
});

describe('photos', () => {
  test.each(photoSizes)('are JPEG of %s, small, and different for each user', (size) => {
    const photos = users.map(({ id }) => photoOf(id, size) ?? Buffer.alloc(0));
    for (const photo of photos) {
      expect(dimensionsOf(photo)).toBe(size);
      expect(photo.length).toBeLessThan(15_000);
    }
    expect(new Set(photos.map((photo) => createHash('sha256').update(photo).digest('hex'))).size).toBe(
      users.length,
    );
  });

  test('are undefined for a user without one', () => {
    expect(photoOf('00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });
});

/** Reads width and height from the frame header of a JPEG (ITU-T T.81, B.2.2). */
function dimensionsOf(jpeg: Buffer): string {
  for (let at = 2; at < jpeg.length; ) {
    const marker = jpeg.readUInt16BE(at);
    if (marker === 0xffc0 || marker === 0xffc2)
      return `${jpeg.readUInt16BE(at + 7)}x${jpeg.readUInt16BE(at + 5)}`;
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  return 'no JPEG';
}

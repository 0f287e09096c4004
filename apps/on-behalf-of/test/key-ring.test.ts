import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRingKey, createSeal, keyRing } from '../src/key-ring.ts';

const key = createRingKey('1', randomBytes(32));
const name = key.nameOf('token', 'user', 'digest', 'scope');
const text = JSON.stringify({ secret: 'ein Geheimnis für später', padding: 'x'.repeat(5_000) });

describe('a key of the ring', () => {
  test('opens what it sealed, and never seals the same text to the same bytes', () => {
    const sealed = [key.seal(text, name), key.seal(text, name)];
    expect(sealed.map((bytes) => key.open(bytes, name))).toEqual([text, text]);
    expect(sealed[0]?.equals(sealed[1] ?? Buffer.alloc(0))).toBe(false);
    expect(sealed[0]?.includes('Geheimnis')).toBe(false);
    expect(key.open(key.seal('', name), name)).toBe('');
  });

  test('opens nothing with a changed bit, or another length', () => {
    const sealed = key.seal('short', name);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(key.open(changed, name)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(key.open(sealed.subarray(0, length), name)).toBeUndefined();
    expect(key.open(Buffer.concat([sealed, Buffer.alloc(1)]), name)).toBeUndefined();
    expect(key.open(Buffer.from('OK'), name)).toBeUndefined();
  });

  test('opens nothing in another place, and nothing that another key has sealed', () => {
    const sealed = key.seal(text, name);
    expect(key.open(sealed, key.nameOf('token', 'another user', 'digest', 'scope'))).toBeUndefined();
    expect(key.open(sealed, name.replace('obo:2:', 'obo:3:'))).toBeUndefined();
    const other = createRingKey('1', randomBytes(32));
    expect(other.open(sealed, name)).toBeUndefined();
  });

  test('derives the same name for the same parts in every instance, and another name for other parts', () => {
    const secret = randomBytes(32);
    const [here, there] = [createRingKey('2026-11', secret), createRingKey('2026-11', secret)];
    expect(here.nameOf('token', 'a', 'b')).toBe(there.nameOf('token', 'a', 'b'));
    expect(here.nameOf('token', 'a', 'b')).toMatch(/^obo:2:2026-11:token:[\w-]{43}$/);
    const others = [
      here.nameOf('generation', 'a', 'b'),
      here.nameOf('token', 'ab'),
      here.nameOf('token', 'a b'),
      here.nameOf('token', 'a', 'b', ''),
      here.nameOf('token', 'b', 'a'),
      key.nameOf('token', 'a', 'b'),
      createRingKey('2026-11', randomBytes(32)).nameOf('token', 'a', 'b'),
    ];
    expect(new Set([here.nameOf('token', 'a', 'b'), ...others]).size).toBe(8);
  });
});

describe('TOKEN_CACHE_KEYS', () => {
  const secret = () => randomBytes(32).toString('base64');

  test('are read in order, with or without spaces', () => {
    const ring = keyRing.parse(`2026-11:${secret()}, 2026-08:${secret()},x.y_z:${secret()}`);
    expect(ring.map(({ id }) => id)).toEqual(['2026-11', '2026-08', 'x.y_z']);
  });

  test('are the 32 bytes that the base64 stands for', () => {
    const bytes = randomBytes(32);
    const [parsed] = keyRing.parse(`1:${bytes.toString('base64')}`);
    expect(parsed.nameOf('token', 'a')).toBe(createRingKey('1', bytes).nameOf('token', 'a'));
  });

  test.each([
    ['no id', () => secret()],
    ['an id with a space', () => `a b:${secret()}`],
    ['an id that is empty', () => `:${secret()}`],
    ['an id of 33 characters', () => `${'x'.repeat(33)}:${secret()}`],
    ['31 bytes', () => `1:${randomBytes(31).toString('base64')}`],
    ['33 bytes', () => `1:${randomBytes(33).toString('base64')}`],
    ['hexadecimal', () => `1:${randomBytes(32).toString('hex')}`],
    ['a password', () => '1:correct horse battery staple'],
    ['nothing', () => ' , '],
    ['one id twice', () => `1:${secret()},1:${secret()}`],
    ['a second key that is wrong', () => `1:${secret()},2`],
  ])('with %s are rejected, and not repeated', (_title, make) => {
    const written = make();
    const { error } = keyRing.safeParse(written);
    expect(error?.issues[0]?.message).toMatch(/^must /);
    const message = JSON.stringify(error?.issues);
    for (const part of written.split(/[:, ]/).filter((piece) => piece.length > 20))
      expect(message).not.toContain(part);
  });
});

describe('a seal for rows of a database', () => {
  const ring = (...ids: string[]) =>
    ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`).join(',');
  const sealOf = (keys: string, kind = 'session') => createSeal(keyRing.parse(keys), kind);
  const place = ['tenant', 'user', 'calendar'];

  test('opens what it sealed, in every instance that has the key', () => {
    const sealed = sealOf(ring('a')).seal(text, ...place);
    expect(sealed).toMatch(/^a:[\w+/]+=*$/);
    expect(sealed).not.toContain(Buffer.from('Geheimnis').toString('base64').slice(0, 8));
    expect(sealOf(ring('a')).open(sealed, ...place)).toBe(text);
  });

  test('opens with every key of the ring, and seals with the first', () => {
    const sealed = sealOf(ring('old')).seal(text, ...place);
    const rotated = sealOf(ring('new', 'old'));
    expect(rotated.open(sealed, ...place)).toBe(text);
    const sealedAgain = rotated.seal(text, ...place);
    expect(sealedAgain).toMatch(/^new:/);
    expect(sealOf(ring('new')).open(sealedAgain, ...place)).toBe(text);
    expect(sealOf(ring('new')).open(sealed, ...place)).toBeUndefined();
  });

  test.each<[string, (sealed: string) => string | undefined]>([
    ["at another user's place", (sealed) => sealOf(ring('a')).open(sealed, 'tenant', 'other', 'calendar')],
    ['at a place with other borders', (sealed) => sealOf(ring('a')).open(sealed, 'tenant', 'user calendar')],
    ['as another kind', (sealed) => sealOf(ring('a'), 'token').open(sealed, ...place)],
    [
      'under the name of another key',
      (sealed) => sealOf(ring('a', 'b')).open(`b${sealed.slice(1)}`, ...place),
    ],
    ['with another key of the same name', (sealed) => open(createRingKey('a', randomBytes(32)), sealed)],
    ['changed', (sealed) => sealOf(ring('a')).open(sealed.replace(/.(?==*$)/, flip), ...place)],
    ['truncated', (sealed) => sealOf(ring('a')).open(sealed.slice(0, 40), ...place)],
    ['without its key', (sealed) => sealOf(ring('a')).open(sealed.slice(2), ...place)],
    ['replaced by nothing', () => sealOf(ring('a')).open('', ...place)],
  ])('opens nothing %s', (_title, attempt) => {
    expect(attempt(sealOf(ring('a')).seal('short', ...place))).toBeUndefined();
  });

  const open = (key: ReturnType<typeof createRingKey>, sealed: string) =>
    createSeal([key], 'session').open(sealed, ...place);
  const flip = (letter: string) => (letter === 'A' ? 'Q' : 'A');
});

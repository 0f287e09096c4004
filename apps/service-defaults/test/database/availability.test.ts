import { expect, test } from 'vitest';
import { DeadlinePassed, isUnavailable, rejectionOf } from '../../src/database/availability.ts';

const withCode = (code: unknown): Error => Object.assign(new Error('x'), { code });
class AnotherError extends Error {}

const passing: [title: string, error: unknown][] = [
  ['a deadline that passed', new DeadlinePassed()],
  ['a lost connection, which pg reports without a code', new Error('Connection terminated')],
  ['a refused connection', withCode('ECONNREFUSED')],
  ['a reset connection', withCode('ECONNRESET')],
  ['an unknown host', withCode('ENOTFOUND')],
  ['a stopping server', withCode('57P01')],
  ['too many connections', withCode('53300')],
  ['a lock that was not available', withCode('55P03')],
  ['a deadlock', withCode('40P01')],
  ['a code that is no text, which counts as none', withCode(28)],
];

const lasting: [title: string, error: unknown][] = [
  ['a malformed value', withCode('22P02')],
  ['a violated constraint', withCode('23505')],
  ['an unknown column', withCode('42703')],
  ['a bug in Node.js code', withCode('ERR_INVALID_ARG_TYPE')],
  ['a code that only begins like a SQLSTATE', withCode('57P01x')],
  ['a code that only ends like a SQLSTATE', withCode('x28P01')],
  ['a code that only contains a system error', withCode('xECONNRESET')],
  ['a code that only begins like a system error', withCode('ECONNRESET1')],
  ['a bug without a code', new TypeError('x')],
  ['an error of another kind without a code', new AnotherError('x')],
  ['a text', '57P01'],
  ['an object with a code', { code: '28P01' }],
];

test.each(passing)('after %s, trying again later may help', (_title, error) => {
  expect(isUnavailable(error)).toBe(true);
  expect(rejectionOf(error)).toBeUndefined();
});

test.each(lasting)('after %s, trying again later does not help', (_title, error) => {
  expect(isUnavailable(error)).toBe(false);
  expect(rejectionOf(error)).toBeUndefined();
});

test.each([
  ['28P01', 'a rejected password', withCode('28P01')],
  ['3D000', 'an unknown database', withCode('3D000')],
])('%s is what the server says about %s in DATABASE_URL', (code, _title, error) => {
  expect(rejectionOf(error)).toBe(code);
});

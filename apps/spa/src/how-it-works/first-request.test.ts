import { afterEach, expect, test } from 'vitest';
import { requests } from '../../testing/overview-request.ts';
import { storeInTab } from '../sign-in/tab-storage.ts';
import { readFirstRequest } from './first-request.ts';

afterEach(() => sessionStorage.clear());

test('the first request of a user is read, and of no other user', () => {
  storeInTab('session.priya', JSON.stringify(requests.exchanged));
  expect(readFirstRequest('priya')).toEqual(requests.exchanged);
  expect(readFirstRequest('mateo')).toBeNull();
});

test.each(['', 'null', '{"spans":1}', '<script>'])('anything else in the storage is ignored: %j', (text) => {
  storeInTab('session.priya', text);
  expect(readFirstRequest('priya')).toBeNull();
});

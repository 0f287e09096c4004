import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { RequestSpans } from './request-spans.tsx';

afterEach(cleanup);

test.each([
  { name: 'graph_token', failure: null, result: 'ok' },
  { name: 'graph_token', failure: 'consent_required', result: 'failed: consent required' },
  { name: 'graph_token', failure: 'access_blocked', result: 'failed: access blocked' },
  { name: 'downstream_balance', failure: 'unreachable', result: 'failed: unreachable' },
  { name: 'downstream_balance', failure: '401', result: 'HTTP 401' },
  { name: 'graph_photo', failure: '404', result: 'not found' },
  { name: 'total', failure: null, result: '' },
])('$name with the failure $failure is shown as "$result"', ({ name, failure, result }) => {
  render(<RequestSpans spans={[{ name, duration: 17, source: null, failure }]} />);
  expect(screen.getAllByRole('cell')[0]?.textContent).toBe(result);
});

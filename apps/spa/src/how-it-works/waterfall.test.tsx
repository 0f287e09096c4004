import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { requests } from '../../testing/overview-request.ts';
import { parseServerTiming } from '../overview/server-timing.ts';
import { Waterfall } from './waterfall.tsx';

afterEach(cleanup);

const show = (...headers: string[]) =>
  render(
    <Waterfall
      requests={headers.map((header, index) => ({
        title: `Request ${index}`,
        spans: parseServerTiming(header),
      }))}
    />,
  );
const steps = () => screen.getAllByRole('rowheader').map(({ textContent }) => textContent);
const cells = () => screen.getAllByRole('cell').map(({ textContent }) => textContent);

test.each([
  ['graph_token;dur=17;desc="identity_provider"', '17.0 ms · new'],
  ['graph_token;dur=0;desc="cache";age="5"', '0.0 ms · cached, 5 s old'],
  ['graph_token;dur=17;failure="consent_required"', '17.0 ms · failed: consent required'],
  ['graph_token;dur=17;failure="access_blocked"', '17.0 ms · failed: access blocked'],
  ['downstream_balance;dur=21.84;failure="unreachable"', '21.8 ms · failed: unreachable'],
  ['downstream_balance;dur=17;failure="401"', '17.0 ms · failed: HTTP 401'],
  ['graph_photo;dur=17;failure="404"', '17.0 ms · not found'],
  ['graph_me;dur=21', '21.0 ms'],
])('%s is shown as "%s"', (header, text) => {
  show(header);
  expect(cells()[0]).toBe(text);
});

test('the steps have one order, whatever the order of the spans, with unknown ones before the total', () => {
  show('downstream_token;dur=1, expenses_list;dur=1, total;dur=9, graph_token;dur=1, validate_token;dur=1');
  expect(steps()).toEqual([
    'Validate your token',
    'Token for Microsoft Graph',
    'Token for the downstream API',
    'expenses list',
    'Total',
  ]);
});

test.each([
  ['of a service that was not called', 'total;dur=1', 'not run'],
  ['that had no token', 'downstream_token;dur=1;failure="access_blocked"', 'not run'],
  ['beside one that failed', 'downstream_requests;dur=3;failure="unreachable"', 'not finished'],
])('a step %s says so beside a request that ran it', (_which, other, text) => {
  show('downstream_balance;dur=1', other);
  const row = screen.getByRole('row', { name: /your leave balance/ });
  expect([...row.querySelectorAll('td')].map(({ textContent }) => textContent)).toEqual(['1.0 ms', text]);
});

test('bars begin where the steps began, on one scale for both requests', () => {
  const { exchanged, cached } = requests;
  const { container } = render(
    <Waterfall
      requests={[
        { title: 'First request', spans: exchanged.spans },
        { title: 'Latest request', spans: cached.spans },
      ]}
    />,
  );
  const row = [...container.querySelectorAll('tr')].find((tr) =>
    tr.textContent?.startsWith('Downstream API: your leave b'),
  );
  const bars = [...(row?.querySelectorAll('rect[x]') ?? [])].map((bar) => Number(bar.getAttribute('x')));
  expect(bars).toEqual([(100 * 30) / 50.5, (100 * 30) / 50.5]);
});

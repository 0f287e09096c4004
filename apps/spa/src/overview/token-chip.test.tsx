import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, expect, test } from 'vitest';
import { requests } from '../../testing/overview-request.ts';
import { hopsOf } from './hops.ts';
import { TokenChip } from './token-chip.tsx';

afterEach(cleanup);

test.each([
  ['exchanged', 1, ['Token B', 'graph.microsoft.com', 'User.Read', '22.3 ms', 'new']],
  ['cached', 1, ['Token B', 'graph.microsoft.com', 'User.Read', '0.0 ms', 'cached, 1 min old']],
  ['exchanged', 2, ['Token C', 'api://leave', 'Leave.Read', '25.0 ms', 'new']],
  ['noConsent', 1, ['Token B', 'graph.microsoft.com', 'User.Read', '17.0 ms', 'failed: consent required']],
] as const)('the chip of a section says which token fetched it: %s, hop %i', (request, index, facts) => {
  const hop = hopsOf(requests[request])[index];
  if (!hop) throw new Error('no such hop');
  render(
    <MemoryRouter>
      <TokenChip hop={hop} />
    </MemoryRouter>,
  );
  const link = screen.getByRole('link');
  expect([...link.children].map(({ textContent }) => textContent)).toEqual(facts);
  expect(link.getAttribute('href')).toBe('/how-it-works');
});

test('an application ID in the audience is shortened', () => {
  const [, , hop] = hopsOf(requests.exchanged);
  if (!hop?.tokenSpan) throw new Error('no such hop');
  const audience = 'api://0f4d3c2b-1a09-4b8c-9d7e-6f5a4b3c2d1e';
  render(
    <MemoryRouter>
      <TokenChip hop={{ ...hop, tokenSpan: { ...hop.tokenSpan, audience } }} />
    </MemoryRouter>,
  );
  expect(screen.getByText('api://0f4d3c2b…')).toBeTruthy();
});

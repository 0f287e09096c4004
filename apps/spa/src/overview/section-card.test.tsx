import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { configuration } from '../../testing/fake-client.ts';
import { ConfigurationContext } from '../configuration/configuration.ts';
import { SectionCard } from './section-card.tsx';

afterEach(cleanup);

function fail(): never {
  throw new Error('broken');
}

const Broken = () => fail();

test.each([
  { where: 'its own code', content: () => fail() },
  { where: 'a component in it', content: () => <Broken /> },
])('a section with an error in  keeps the other section on the page', ({ content }) => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const section = { section: { state: 'ok', data: 'Priya' } as const, onRetry: () => {}, retrying: false };
  render(
    <ConfigurationContext value={configuration}>
      <SectionCard title="Profile" source="Microsoft Graph" {...section}>
        {content}
      </SectionCard>
      <SectionCard title="Leave" source="the downstream API" {...section}>
        {(name) => <p>{name}</p>}
      </SectionCard>
    </ConfigurationContext>,
  );
  expect(screen.getByRole('alert').textContent).toContain('This section could not be shown');
  expect(screen.getByRole('heading', { name: 'Profile' })).toBeTruthy();
  expect(screen.getByText('Priya')).toBeTruthy();
});

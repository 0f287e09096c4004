import { cleanup, render, screen } from '@testing-library/react';
import { StrictMode, useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import { z } from '../configuration/zod.ts';
import { InterruptedActionContext, useInterruptedAction } from './interrupted-action.ts';

const schema = z.object({ kind: z.literal('request-leave'), note: z.string() });

function Feature({ name }: { name: string }) {
  const resumed = useInterruptedAction(schema);
  return <p>{`${name}: ${resumed ? `${resumed.action.note}, ${resumed.confirmed}` : 'nothing'}`}</p>;
}

function App({ action, second }: { action: unknown; second: boolean }) {
  const [interrupted, setInterrupted] = useState<{ action: unknown; confirmed: boolean } | null>({
    action,
    confirmed: true,
  });
  return (
    <InterruptedActionContext value={{ interrupted, forgetInterrupted: () => setInterrupted(null) }}>
      <Feature name="first" />
      {second && <Feature name="second" />}
    </InterruptedActionContext>
  );
}

afterEach(cleanup);

test('an interrupted action is resumed once, by the component that it belongs to', () => {
  const action = { kind: 'request-leave', note: 'Holiday' };
  const { rerender } = render(<App action={action} second={false} />, { wrapper: StrictMode });
  expect(screen.getByText('first: Holiday, true')).toBeTruthy();
  rerender(<App action={action} second />);
  expect(screen.getByText('first: Holiday, true')).toBeTruthy();
  expect(screen.getByText('second: nothing')).toBeTruthy();
});

test('an action of another feature is left for that feature', () => {
  const { rerender } = render(<App action={{ kind: 'cancel-leave' }} second={false} />);
  rerender(<App action={{ kind: 'cancel-leave' }} second />);
  expect(screen.getByText('first: nothing')).toBeTruthy();
  expect(screen.getByText('second: nothing')).toBeTruthy();
});

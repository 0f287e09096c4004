import { MsalProvider } from '@azure/msal-react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { configuration, createFakeClient } from '../../testing/fake-client.ts';
import { ConfigurationContext } from '../configuration/configuration.ts';
import { useOverview } from '../overview/use-overview.ts';
import { useCancelLeave } from './leave-requests.ts';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const queryClient = new QueryClient();
const wrapper = ({ children }: { children: ReactNode }) => (
  <ConfigurationContext value={configuration}>
    <MsalProvider instance={createFakeClient()}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </MsalProvider>
  </ConfigurationContext>
);

const request = {
  id: '33333333-3333-4333-8333-333333333333',
  startDate: '2027-05-03',
  endDate: '2027-05-04',
  days: 2,
  note: null,
  status: 'pending' as const,
  approver: null,
  decision: null,
  createdAt: '2026-11-29T12:00:00Z',
};

test.each([
  { answer: '204', response: new Response(null, { status: 204 }), canceled: true },
  { answer: '200 without a body', response: new Response(null), canceled: false },
  { answer: '200 with an HTML page', response: new Response('<!doctype html>'), canceled: false },
  { answer: '202', response: Response.json({}, { status: 202 }), canceled: false },
  { answer: '205', response: new Response(null, { status: 205 }), canceled: false },
  {
    answer: '404 with an HTML page',
    response: new Response('<!doctype html>', { status: 404 }),
    canceled: false,
  },
])('leave counts as canceled only if the middle tier says so: $answer', async ({ response, canceled }) => {
  vi.stubGlobal('fetch', async () => response);
  const onCanceled = vi.fn();
  const { result } = renderHook(() => useCancelLeave(onCanceled), { wrapper });
  const cancellation = act(() => result.current.mutateAsync(request));
  if (canceled) await cancellation;
  else await expect(cancellation).rejects.toMatchObject({ problem: { code: 'unexpected_response' } });
  expect(onCanceled).toHaveBeenCalledTimes(canceled ? 1 : 0);
});

test('an overview that was requested before a change is requested again after it', async () => {
  const requested: string[] = [];
  vi.stubGlobal('fetch', (_url: string | URL, { method = 'GET', signal }: RequestInit = {}) => {
    requested.push(method);
    if (method === 'DELETE') return Promise.resolve(new Response(null, { status: 204 }));
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  });
  const { result } = renderHook(() => ({ overview: useOverview(), cancel: useCancelLeave(vi.fn()) }), {
    wrapper,
  });
  await vi.waitFor(() => expect(requested).toEqual(['GET']));
  act(() => result.current.cancel.mutate(request));
  await vi.waitFor(() => expect(requested).toEqual(['GET', 'DELETE', 'GET']));
});

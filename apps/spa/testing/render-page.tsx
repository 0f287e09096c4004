import type { IPublicClientApplication } from '@azure/msal-browser';
import { MsalProvider } from '@azure/msal-react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import { type ReactNode, useState } from 'react';
import { MemoryRouter, useLocation } from 'react-router';
import { ConfigurationContext } from '../src/configuration/configuration.ts';
import { AnnouncementsProvider, LatestAnnouncement } from '../src/page/announcements.tsx';
import { PageFocusProvider } from '../src/page/page.tsx';
import { type InterruptedAction, InterruptedActionContext } from '../src/sign-in/interrupted-action.ts';
import { configuration, createFakeClient } from './fake-client.ts';

interface RenderPageOptions {
  /** Path and parameters. */
  address?: string;
  /** Members of the configuration that differ. */
  configured?: { calendar?: boolean };
  client?: IPublicClientApplication;
  interrupted?: InterruptedAction | null;
}

/** Renders a page of the signed-in app, with the address and the latest announcement below it. */
export function renderPage(
  page: ReactNode,
  { address = '/', configured = {}, client = createFakeClient(), interrupted = null }: RenderPageOptions = {},
) {
  return render(
    <ConfigurationContext value={{ ...configuration, ...configured }}>
      <MsalProvider instance={client}>
        <QueryClientProvider client={new QueryClient()}>
          <Interrupted interrupted={interrupted}>
            <MemoryRouter initialEntries={[address]}>
              <PageFocusProvider>
                <AnnouncementsProvider>
                  {page}
                  <LatestAnnouncement />
                  <Address />
                </AnnouncementsProvider>
              </PageFocusProvider>
            </MemoryRouter>
          </Interrupted>
        </QueryClientProvider>
      </MsalProvider>
    </ConfigurationContext>,
  );
}

function Interrupted({
  interrupted,
  children,
}: {
  interrupted: InterruptedAction | null;
  children: ReactNode;
}) {
  const [kept, setKept] = useState(interrupted);
  return (
    <InterruptedActionContext value={{ interrupted: kept, forgetInterrupted: () => setKept(null) }}>
      {children}
    </InterruptedActionContext>
  );
}

function Address() {
  const { pathname, search } = useLocation();
  return <p data-testid="address">{pathname + search}</p>;
}

/** A request that a page sent to the middle tier. */
export interface SentRequest {
  call: string;
  key: string | null;
  body: unknown;
}

/**
 * Stands in for the middle tier.
 *
 * @param answer Returns the response to a call, such as `GET /api/overview`.
 * @returns the requests, in their order; and `fetch`, which sends them.
 */
export function answerCalls(answer: (call: string) => Response) {
  const sent: SentRequest[] = [];
  const fetch = async (url: string, { method = 'GET', headers, body }: RequestInit = {}) => {
    const call = `${method} ${new URL(url).pathname}`;
    const key = new Headers(headers).get('Idempotency-Key');
    sent.push({ call, key, body: typeof body === 'string' ? JSON.parse(body) : undefined });
    return answer(call);
  };
  return { sent, fetch };
}

/** Creates the response with a problem. */
export const problemResponse = (status: number, code: string, members: object = {}) =>
  Response.json({ title: code, status, code, ...members }, { status });

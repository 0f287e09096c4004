import type { IPublicClientApplication } from '@azure/msal-browser';
import { MsalProvider } from '@azure/msal-react';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { lazy, Suspense, useEffect } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { configuration, createFakeClient } from '../../testing/fake-client.ts';
import { ConfigurationContext } from '../configuration/configuration.ts';
import { createMsalClient } from '../sign-in/msal-client.ts';
import { resumeSignIn } from '../sign-in/resume-sign-in.ts';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { ErrorPage } from './error-page.tsx';

// Without Fluent UI, which takes seconds to import.
vi.mock('./signed-in-app.tsx', () => ({ default: () => <p>The signed-in app</p> }));

const resumed = { notice: null, interrupted: null };

const renderApp = (client: IPublicClientApplication) =>
  render(
    <ConfigurationContext value={configuration}>
      <MsalProvider instance={client}>
        <App resumed={resumed} />
      </MsalProvider>
    </ConfigurationContext>,
  );

const visitor = { getAllAccounts: () => [], getActiveAccount: () => null };

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('a visitor sees the landing page, and signs in for the middle tier', async () => {
  const loginRedirect = vi.fn(async () => undefined);
  renderApp(createFakeClient({ ...visitor, loginRedirect }));
  fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
  expect(loginRedirect).toHaveBeenCalledWith({ scopes: ['api://middle-tier/.default'] });
});

test('a sign-in that fails is explained on the landing page', async () => {
  renderApp(
    createFakeClient({ ...visitor, loginRedirect: () => Promise.reject(new Error('Failed to fetch')) }),
  );
  fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
  expect((await screen.findByRole('alert')).textContent).toContain('Sign-in could not start');
});

test('a signed-in user sees the app', async () => {
  renderApp(createFakeClient());
  expect(await screen.findByText('The signed-in app')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Sign in' })).toBeNull();
});

const denied = () => {
  throw new DOMException('Access is denied for this document.', 'SecurityError');
};

const emptyStorage = {
  length: 0,
  key: () => null,
  getItem: () => null,
  removeItem: () => {},
  clear: () => {},
};

test.each([
  {
    storage: 'throws when it is read',
    block: () => vi.spyOn(window, 'sessionStorage', 'get').mockImplementation(denied),
  },
  { storage: 'is absent', block: () => vi.stubGlobal('sessionStorage', null) },
  {
    storage: 'stores nothing',
    block: () => vi.stubGlobal('sessionStorage', { ...emptyStorage, setItem: denied }),
  },
])(
  'a session storage that $storage: the landing page is shown, and signing in says what is blocked',
  async ({ block }) => {
    block();
    const client = await createMsalClient(configuration);
    render(
      <ConfigurationContext value={configuration}>
        <MsalProvider instance={client}>
          <App resumed={await resumeSignIn(client, configuration)} />
        </MsalProvider>
      </ConfigurationContext>,
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Your browser blocks site data');
  },
);

function fail(): never {
  throw new Error('broken');
}

const failures = {
  'while rendering': () => fail(),
  'in an effect': () => {
    useEffect(fail);
    return null;
  },
  'while its code is loaded': lazy(() => Promise.reject(new TypeError('Failed to fetch'))),
};

test.each(Object.entries(failures))('an error %s shows a page with a way out', async (_when, Broken) => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  render(
    <ErrorBoundary fallback={<ErrorPage />}>
      <Suspense>
        <Broken />
      </Suspense>
    </ErrorBoundary>,
  );
  expect((await screen.findByRole('alert')).textContent).toContain('Something went wrong');
  expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy();
  expect(screen.getByRole('link', { name: 'Go to the start page' })).toBeTruthy();
});

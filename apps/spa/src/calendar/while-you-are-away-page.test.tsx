import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { createFakeClient } from '../../testing/fake-client.ts';
import { answerCalls, problemResponse, renderPage } from '../../testing/render-page.tsx';
import { paths } from '../page/paths.ts';
import WhileYouAreAwayPage from './while-you-are-away-page.tsx';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const active = {
  id: '44444444-4444-4444-8444-444444444444',
  purpose: 'calendar',
  state: 'active',
  action: null as string | null,
  reason: null as string | null,
  createdAt: '2026-11-29T12:00:00.000Z',
  lastUsedAt: '2026-11-30T12:00:00.000Z',
  endsAt: '2027-02-27T12:00:00.000Z',
  waiting: 1,
};
const list = 'GET /api/long-running-sessions';
const renewal = `POST /api/long-running-sessions/${active.id}/renewal`;
const end = `DELETE /api/long-running-sessions/${active.id}`;
const consentUrl = 'https://api.example/consent/calendar';

const waitingFor = (action: string) => ({
  ...active,
  state: 'action_required',
  action,
  reason: `reason_${action}`,
});

/** Shows the page with a middle tier that has these sessions until one is renewed or ended. */
function show(
  sessions: (typeof active)[],
  answers: Record<string, () => Response> = {},
  options: Parameters<typeof renderPage>[1] = {},
) {
  let current = sessions;
  const { sent, fetch } = answerCalls((call) => {
    const answer = answers[call];
    if (answer) return answer();
    if (call === list) return Response.json({ sessions: current });
    current = call === end ? [] : [active];
    return call === end ? new Response(null, { status: 204 }) : Response.json(active);
  });
  vi.stubGlobal('fetch', fetch);
  renderPage(<WhileYouAreAwayPage />, { address: paths.whileYouAreAway, ...options });
  return { calls: () => sent.map(({ call }) => call) };
}

const button = (name: string) => screen.findByRole('button', { name });
const announcement = () => screen.getByRole('status').textContent;

test('says that nothing runs', async () => {
  show([]);
  expect(screen.getByLabelText('Loading what runs for you')).toBeTruthy();
  expect(await screen.findByText(/^Nothing runs for you/)).toBeTruthy();
});

test('says why the list could not be read, and reads it again', async () => {
  const answers: Record<string, () => Response> = {
    [list]: () => problemResponse(503, 'database_unavailable'),
  };
  show([active], answers);
  expect((await screen.findByRole('alert')).textContent).toContain('database_unavailable');
  delete answers[list];
  fireEvent.click(await button('Try again'));
  expect(await screen.findByText('1 leave request')).toBeTruthy();
});

test.each([
  [0, 'Nothing: your calendar is up to date'],
  [2, '2 leave requests'],
])('a session that runs says what waits, since when it runs and until when: %i', async (waiting, text) => {
  show([{ ...active, waiting }]);
  const item = await screen.findByRole('listitem', { name: 'Adds approved leave to your calendar' });
  const facts = [...item.querySelectorAll('dd')].map(({ textContent }) => textContent);
  expect(facts).toEqual([
    text,
    '29 Nov 2026',
    '30 Nov 2026',
    '27 Feb 2027, or when it has nothing left to do',
  ]);
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Stop']);
});

test.each([
  ['sign_in', 'Sign in again'],
  ['consent', 'Give consent again'],
  ['retry', 'Try again'],
])('a session that waits for the user (%s) says why, and continues with one button', async (action, name) => {
  const { calls } = show([waitingFor(action)]);
  fireEvent.click(await button(name));
  await waitFor(() => expect(announcement()).toContain('The app continues'));
  await waitFor(() => expect(screen.queryByRole('button', { name })).toBeNull());
  expect(calls()).toEqual([list, renewal, list]);
});

test('the reason of a session that waits leads to the page of its code', async () => {
  show([waitingFor('consent')]);
  const link = await screen.findByRole('link', { name: 'reason_consent' });
  expect(link.getAttribute('href')).toBe('https://api.example/problems/reason_consent');
});

test('a user without a mailbox is told so', async () => {
  show([{ ...waitingFor('retry'), reason: 'mailbox_missing' }]);
  expect(await screen.findByText('You have no calendar in this organization')).toBeTruthy();
  expect(await button('Try again')).toBeTruthy();
});

const forbidden = () => problemResponse(403, 'calendar_consent_required', { consentUrl });

test('giving consent again opens the consent page at once', async () => {
  const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
  show([waitingFor('consent')], { [renewal]: forbidden });
  fireEvent.click(await button('Give consent again'));
  await waitFor(() => expect(assign).toHaveBeenCalledOnce());
  expect(String(assign.mock.calls[0]?.[0])).toMatch(/^https:\/\/api\.example\/consent\/calendar\?return_to=/);
});

test('signing in again opens the sign-in page at once if it is required', async () => {
  const acquireTokenRedirect = vi.fn(async () => undefined);
  show(
    [waitingFor('sign_in')],
    { [renewal]: () => problemResponse(401, 'invalid_token') },
    { client: createFakeClient({ acquireTokenRedirect }) },
  );
  fireEvent.click(await button('Sign in again'));
  await waitFor(() => expect(acquireTokenRedirect).toHaveBeenCalledOnce());
  expect(acquireTokenRedirect).toHaveBeenCalledWith(expect.objectContaining({ prompt: 'login' }));
});

test('trying again opens no other page without asking', async () => {
  const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
  show([waitingFor('retry')], { [renewal]: forbidden });
  fireEvent.click(await button('Try again'));
  expect(await button('Continue to Microsoft')).toBeTruthy();
  expect(assign).not.toHaveBeenCalled();
});

const action = { kind: 'renew-session', sessionId: active.id };

test.each([
  { from: 'the sign-in page', confirmed: true, parameters: '', renewed: true },
  { from: 'the consent page', confirmed: false, parameters: '?calendar_consent=granted', renewed: true },
  {
    from: 'the consent page without consent',
    confirmed: false,
    parameters: '?calendar_consent=refused',
    renewed: false,
  },
  { from: 'a sign-in page that they left', confirmed: false, parameters: '', renewed: false },
])('a user who comes back from $from has renewed the session: $renewed', async (row) => {
  const { calls } = show(
    [waitingFor('consent')],
    {},
    {
      address: paths.whileYouAreAway + row.parameters,
      interrupted: { action, confirmed: row.confirmed },
    },
  );
  if (row.renewed) await waitFor(() => expect(announcement()).toContain('The app continues'));
  else await button('Give consent again');
  expect(calls().filter((call) => call === renewal)).toHaveLength(row.renewed ? 1 : 0);
  const says = screen.queryByText(/You did not give the permission/) !== null;
  expect(says).toBe(row.parameters.includes('refused'));
});

test('stopping a session ends it, and moves the focus to what is still there', async () => {
  const { calls } = show([active]);
  fireEvent.click(await button('Stop'));
  await screen.findByText(/^Nothing runs for you/);
  expect(announcement()).toContain('Stopped.');
  expect(document.activeElement?.textContent).toContain('You see all of it on this page');
  expect(calls()).toEqual([list, end, list]);
});

test('a session that could not be stopped stays, and says so', async () => {
  show([active], { [end]: () => problemResponse(503, 'database_unavailable') });
  fireEvent.click(await button('Stop'));
  expect((await screen.findByRole('alert')).textContent).toContain('database_unavailable');
  expect(await button('Stop')).toBeTruthy();
});

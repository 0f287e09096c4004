import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { answerCalls, problemResponse, renderPage } from '../../testing/render-page.tsx';
import { paths } from '../page/paths.ts';
import { LeaveForm } from './leave-form.tsx';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const dates = { startDate: '2027-06-07', endDate: '2027-06-08' };
const booked = {
  ...dates,
  id: '33333333-3333-4333-8333-333333333333',
  days: 2,
  note: null,
  status: 'pending',
  approver: null,
  decision: null,
  createdAt: '2026-11-29T12:00:00Z',
};
const consentUrl = 'https://api.example/consent/calendar';
const label = 'Add it to my calendar when approved';

/** Shows the form, with a middle tier that responds to the request for leave. */
function show(
  answer: () => Response = () => Response.json(booked, { status: 201 }),
  options: Parameters<typeof renderPage>[1] = {},
) {
  const { sent, fetch } = answerCalls(answer);
  vi.stubGlobal('fetch', fetch);
  renderPage(<LeaveForm approval="Amara will review it." balance={null} />, {
    address: paths.requestLeave,
    configured: { calendar: true },
    ...options,
  });
  return sent;
}

function fill() {
  fireEvent.change(screen.getByLabelText(/^First day/), { target: { value: dates.startDate } });
  fireEvent.change(screen.getByLabelText(/^Last day/), { target: { value: dates.endDate } });
}

const send = () => fireEvent.click(screen.getByRole('button', { name: 'Send request' }));
/** Where the user is once the leave was requested, and what they are told there. */
async function arrive(): Promise<string | null> {
  await waitFor(() => expect(screen.getByTestId('address').textContent).toBe(paths.overview));
  return screen.getAllByRole('status').at(-1)?.textContent ?? null;
}

test('the calendar is offered only where there is one', () => {
  show(undefined, { configured: {} });
  expect(screen.queryByRole('checkbox')).toBeNull();
});

test.each([
  {
    ticked: true,
    body: { ...dates, addToCalendar: true },
    told: 'The app adds it to your calendar once it is approved.',
  },
  { ticked: false, body: dates, told: '2 days.' },
])('the calendar is asked for only if the box is ticked: $ticked', async ({ ticked, body, told }) => {
  const sent = show();
  fill();
  if (ticked) fireEvent.click(screen.getByLabelText(label));
  send();
  expect(await arrive()).toMatch(new RegExp(`${told}$`));
  expect(sent).toMatchObject([{ call: 'POST /api/leave-requests', body }]);
});

test('a missing permission is explained, and its button opens the consent page and keeps the form', async () => {
  const assign = vi.spyOn(window.location, 'assign').mockImplementation(() => undefined);
  const sent = show(() => problemResponse(403, 'calendar_consent_required', { consentUrl }));
  fill();
  fireEvent.click(screen.getByLabelText(label));
  send();
  expect((await screen.findByRole('alert')).textContent).toContain('One more permission is needed');
  expect(assign).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Continue to Microsoft' }));
  await waitFor(() => expect(assign).toHaveBeenCalledOnce());
  expect(JSON.parse(sessionStorage.getItem('interrupted-action') ?? '')).toMatchObject({
    action: {
      kind: 'request-leave',
      draft: dates,
      addToCalendar: true,
      idempotencyKey: sent[0]?.key,
    },
  });
});

const idempotencyKey = '55555555-5555-4555-8555-555555555555';
const action = { kind: 'request-leave', draft: { ...dates, note: '' }, addToCalendar: true, idempotencyKey };

test.each([
  { outcome: 'granted', addToCalendar: true, told: 'The app adds it to your calendar' },
  { outcome: 'refused', addToCalendar: undefined, told: 'You did not give the permission, so' },
  { outcome: 'admin_required', addToCalendar: undefined, told: 'only an administrator of your organization' },
  { outcome: 'failed', addToCalendar: undefined, told: 'Microsoft did not confirm the permission' },
])(
  'a user who comes back from the consent page has requested leave, with the same key: $outcome',
  async (row) => {
    const sent = show(undefined, {
      address: `${paths.requestLeave}?calendar_consent=${row.outcome}`,
      interrupted: { action, confirmed: false },
    });
    expect(await arrive()).toContain(row.told);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.key).toBe(idempotencyKey);
    expect(sent[0]?.body).toEqual({
      ...dates,
      ...(row.addToCalendar === undefined ? {} : { addToCalendar: true }),
    });
  },
);

test('a user who left the consent page with the Back button finds the form as it was, and nothing is sent', () => {
  const sent = show(undefined, { interrupted: { action, confirmed: false } });
  expect(screen.getByLabelText<HTMLInputElement>(label).checked).toBe(true);
  expect(screen.getByLabelText<HTMLInputElement>(/^First day/).value).toBe(dates.startDate);
  expect(sent).toEqual([]);
});

test('without the permission, a rejected request stays on the form, which says why there is no calendar', async () => {
  const sent = show(() => problemResponse(422, 'leave_overlaps'), {
    address: `${paths.requestLeave}?calendar_consent=refused`,
    interrupted: { action, confirmed: false },
  });
  expect(await screen.findByText('You already have leave on one of these days.')).toBeTruthy();
  expect(screen.getByText(/^You did not give the permission/)).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>(label).checked).toBe(false);
  expect(sent).toHaveLength(1);
});

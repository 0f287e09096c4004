import { expect, test } from 'vitest';
import { describeAdminConsent } from './admin-consent-response.ts';

const description = (text: string) =>
  `${encodeURIComponent(text)}%0d%0aTrace+ID%3a+7c839d05-4806-48f2-ba40-bf4128382500`;

test.each([
  {
    response: 'accepted',
    query: 'admin_consent=True&tenant=8f6e&scope=api%3a%2f%2fmiddle-tier%2f.default',
    notice: { intent: 'info', title: 'Consent was granted' },
  },
  {
    response: 'canceled, as documented',
    query: `admin_consent=True&error=consent_required&error_description=${description('AADSTS65004: The resource owner denied the request.')}`,
    notice: { intent: 'info', title: 'Consent was not granted', reference: { code: 'AADSTS65004' } },
  },
  {
    response: 'canceled, as reported',
    query: `error=access_denied&error_description=${description('AADSTS65004: User declined to consent.')}&admin_consent=True&state=5`,
    notice: { intent: 'info', title: 'Consent was not granted', reference: { code: 'AADSTS65004' } },
  },
  {
    response: 'canceled at the endpoint without v2.0',
    query: 'error=permission_denied&error_description=The+admin+canceled+the+request',
    notice: { intent: 'info', title: 'Consent was not granted' },
  },
  {
    response: 'rejected, as the account is unknown in the tenant',
    query: `error=access_denied&error_description=${description("AADSTS50020: User account '{EmailHidden}' does not exist in tenant.")}&admin_consent=True`,
    notice: {
      intent: 'error',
      title: 'Consent was rejected',
      reference: { code: 'AADSTS50020', url: 'https://login.microsoftonline.com/error?code=50020' },
    },
  },
  {
    response: 'rejected before sign-in',
    query: `error=invalid_request&error_description=${description('AADSTS900144: The request must contain scope.')}`,
    notice: { intent: 'error', title: 'Consent was rejected', reference: { code: 'AADSTS900144' } },
  },
  {
    response: 'rejected without a number',
    query: 'error=server_error&admin_consent=True',
    notice: { intent: 'error', title: 'Consent was rejected', reference: { code: 'server_error' } },
  },
])('describes a response: $response', ({ query, notice }) => {
  expect(describeAdminConsent(new URLSearchParams(query))).toMatchObject(notice);
});

test.each(['', 'admin_consent=False', 'state=x', 'code=x'])('%j is no response', (query) => {
  expect(describeAdminConsent(new URLSearchParams(query))).toBeNull();
});

test('text that the author of a link chose is not shown', () => {
  const query = 'error=Call+%2b1+555&error_description=AADSTS1+Call+%2b1+555';
  expect(JSON.stringify(describeAdminConsent(new URLSearchParams(query)))).not.toContain('555');
  expect(describeAdminConsent(new URLSearchParams('error=Call+1'))?.reference?.code).toBe('unknown_error');
});

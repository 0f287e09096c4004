import { expect, test } from 'vitest';
import { type JsonResponse, startTenant, type TestTenant } from './tenant.ts';

/** A token request that is rejected. */
export interface Rejection {
  /** AADSTS number. */
  number: number;
  when: string;
  error: string;
  status?: number;
  suberror?: string;
  /** Set if Microsoft has no page about the number. */
  withoutPage?: true;
  send(tenant: TestTenant): Promise<JsonResponse>;
}

/** Tests that each request is rejected as in Entra: status, error, number, and every field of the body. */
export function testRejections(rows: readonly Rejection[]): void {
  test.each(rows)(
    'AADSTS$number $error when $when',
    async ({ number, error, status, suberror, withoutPage, send }) => {
      const { body, headers, ...answer } = await send(await startTenant());
      const { error_description, timestamp, trace_id, correlation_id } = body;
      expect(body).toMatchObject({ error, error_codes: [number] });
      expect(answer.status).toBe(status ?? 400);
      expect(body.suberror).toBe(suberror);
      expect(body.error_uri).toBe(
        withoutPage ? undefined : `https://login.microsoftonline.com/error?code=${number}`,
      );
      const sentence = String(error_description).split(' Trace ID: ')[0];
      expect(error_description).toBe(
        `${sentence} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
      );
      expect(sentence).toMatch(new RegExp(`^AADSTS${number}: .{10}`));
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/);
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );
}

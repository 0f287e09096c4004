import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { z } from '../configuration/zod.ts';

/** The parameter with which the middle tier's consent page sends the user back. */
const parameter = 'calendar_consent';
const outcomeSchema = z.enum(['granted', 'refused', 'admin_required', 'failed']);

/** How the consent page ended, if the user did not give the permission. */
type NotGranted = Exclude<z.output<typeof outcomeSchema>, 'granted'>;

/**
 * Returns how the consent page ended that the user comes back from, and removes that from the address; `null` if they come
 * from elsewhere. Anyone can write such a link, so it proves nothing: the middle tier finds out whether there is consent.
 */
export function useConsentOutcome(): z.output<typeof outcomeSchema> | null {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const sent = new URLSearchParams(search).get(parameter);
  const [outcome] = useState(() => outcomeSchema.safeParse(sent).data ?? null);
  useEffect(() => {
    if (sent !== null) void navigate(pathname, { replace: true });
  }, [sent, pathname, navigate]);
  return outcome;
}

/** Says why there is no permission: the first half of a sentence. */
export const whyNotGranted: Readonly<Record<NotGranted, string>> = {
  refused: 'You did not give the permission',
  // Entra ID says no more than that the user came back, so this is a guess, though nearly always right.
  admin_required: 'It seems that only an administrator of your organization can give this permission',
  failed: 'Microsoft did not confirm the permission',
};

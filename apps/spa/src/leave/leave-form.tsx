import { Button, Checkbox, Field, Input, Textarea } from '@fluentui/react-components';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { CalendarFailure } from '../calendar/calendar-failure.tsx';
import { useConsentOutcome, whyNotGranted } from '../calendar/consent-outcome.ts';
import { useConfiguration } from '../configuration/configuration.ts';
import type { z } from '../configuration/zod.ts';
import { useAnnounce } from '../page/announcements.tsx';
import { LinkButton } from '../page/link-button.tsx';
import { Message } from '../page/message.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { useInterruptedAction } from '../sign-in/interrupted-action.ts';
import { checkDraft, type FieldErrors, fieldErrorsOf } from './field-errors.ts';
import { interruptedRequestSchema, type Leave, type LeaveDraft } from './leave.ts';
import styles from './leave-form.module.css';
import { useRequestLeave } from './leave-requests.ts';
import { countWorkingDays, formatDays, formatPeriod } from './plain-date.ts';

interface LeaveFormProps {
  /** Tells who will review the request. */
  approval: string;
  balance: Leave['balance'] | null;
}

const empty: LeaveDraft = { startDate: '', endDate: '', note: '' };

/** The form to request leave. One form is one request, however often it is sent. */
export function LeaveForm({ approval, balance }: LeaveFormProps) {
  const resumed = useInterruptedAction(interruptedRequestSchema);
  const consent = useConsentOutcome();
  const notGranted =
    consent === null || consent === 'granted'
      ? null
      : `${whyNotGranted[consent]}, so the leave is not added to your calendar.`;
  const { calendar = false } = useConfiguration();
  const [addToCalendar, setAddToCalendar] = useState(
    notGranted === null && (resumed?.action.addToCalendar ?? false),
  );
  const [idempotencyKey] = useState(() => resumed?.action.idempotencyKey ?? crypto.randomUUID());
  const [draft, setDraft] = useState(resumed?.action.draft ?? empty);
  const [errors, setErrors] = useState<FieldErrors>({});
  const form = useRef<HTMLFormElement>(null);
  const navigate = useNavigate();
  const announce = useAnnounce();

  const {
    mutate: send,
    isPending,
    error,
  } = useRequestLeave(({ startDate, endDate, days, status }, sent) => {
    const state = status === 'approved' ? 'approved' : 'requested';
    const when = status === 'approved' ? 'in a moment' : 'once it is approved';
    const added = sent.addToCalendar ? `The app adds it to your calendar ${when}.` : notGranted;
    announce({
      text: [`Leave ${state}: ${formatPeriod(startDate, endDate)}, ${formatDays(days)}.`, added]
        .filter(Boolean)
        .join(' '),
      path: paths.overview,
    });
    void navigate(paths.overview);
  });

  const repeated = useRef(false);
  useEffect(() => {
    if (!resumed || repeated.current || (!resumed.confirmed && consent === null)) return;
    repeated.current = true;
    send({ ...resumed.action, addToCalendar });
  }, [resumed, consent, addToCalendar, send]);

  useEffect(() => setErrors(fieldErrorsOf(error)), [error]);

  useEffect(() => {
    if (Object.keys(errors).length > 0) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [errors]);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isPending) return;
    const invalid = checkDraft(draft);
    setErrors(invalid);
    if (Object.keys(invalid).length === 0) send({ draft, addToCalendar, idempotencyKey });
  }

  function field(name: keyof LeaveDraft) {
    return {
      value: draft[name],
      onChange: (_event: unknown, { value }: { value: string }) => {
        setDraft((current) => ({ ...current, [name]: value }));
        setErrors(({ [name]: _corrected, ...others }) => others);
      },
    };
  }

  const concernsBalance = draft.startDate === '' || draft.startDate.startsWith(`${balance?.year}-`);
  const days = countWorkingDays(draft.startDate, draft.endDate);
  const action: z.output<typeof interruptedRequestSchema> = {
    kind: 'request-leave',
    draft,
    addToCalendar,
    idempotencyKey,
  };
  const explained = Object.keys(fieldErrorsOf(error)).length > 0;
  const failure = error && !explained ? describeFailure(error) : null;

  return (
    <form ref={form} noValidate onSubmit={submit} className={styles.form}>
      <div className={styles.dates}>
        <Field label="First day" required validationMessage={errors.startDate ?? null}>
          <Input type="date" name="startDate" {...field('startDate')} />
        </Field>
        <Field label="Last day" required validationMessage={errors.endDate ?? null}>
          <Input type="date" name="endDate" min={draft.startDate} {...field('endDate')} />
        </Field>
      </div>
      <output className={styles.days}>
        {days === null ? 'Weekends are not counted.' : `${formatDays(days)} of leave, weekends not counted.`}
        {balance &&
          concernsBalance &&
          ` You have ${formatDays(balance.remainingDays)} left in ${balance.year}.`}
      </output>
      <Field label="Note" hint="Optional. Your manager can read it." validationMessage={errors.note ?? null}>
        <Textarea name="note" maxLength={500} resize="vertical" {...field('note')} />
      </Field>
      {calendar && (
        <Field hint="The app does it on your behalf, even if you are signed out by then.">
          <Checkbox
            label="Add it to my calendar when approved"
            checked={addToCalendar}
            onChange={(_event, { checked }) => setAddToCalendar(checked === true)}
          />
        </Field>
      )}
      <p className={styles.approval}>{approval}</p>
      {notGranted && <Message intent="info" title="Without your calendar" detail={notGranted} />}
      {failure && <CalendarFailure failure={failure} action={action} />}
      <div className={styles.actions}>
        <Button
          type="submit"
          appearance={failure?.challenge || failure?.consentUrl ? 'secondary' : 'primary'}
          disabledFocusable={isPending}
        >
          {isPending ? 'Sending…' : 'Send request'}
        </Button>
        <LinkButton to={paths.overview}>Back to overview</LinkButton>
      </div>
    </form>
  );
}

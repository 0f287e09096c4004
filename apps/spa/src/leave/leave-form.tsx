import { Button, Field, Input, Textarea } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { overviewQuery } from '../middle-tier/get-overview.ts';
import type { Leave } from '../middle-tier/leave.ts';
import { type LeaveDraft, requestLeaveMutation } from '../middle-tier/request-leave.ts';
import { useAnnounce } from '../page/announcements.tsx';
import { LinkButton } from '../page/link-button.tsx';
import { paths } from '../page/paths.ts';
import { describeFailure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import { useSession } from '../sign-in/session-context.ts';
import { checkDraft, type FieldErrors, fieldErrorsOf } from './field-errors.ts';
import { type InterruptedLeave, readInterruptedLeave } from './interrupted-leave.ts';
import styles from './leave-form.module.css';
import { countWorkingDays, formatDays, formatPeriod } from './plain-date.ts';

interface LeaveFormProps {
  /** Who decides on the request, in words. */
  approval: string;
  balance: Leave['balance'] | null;
}

const empty: LeaveDraft = { startDate: '', endDate: '', note: '' };

/** Asks for leave. One form is one request, however often it is sent. */
export function LeaveForm({ approval, balance }: LeaveFormProps) {
  const { interrupted, forgetInterrupted } = useSession();
  const [resumed] = useState(() => readInterruptedLeave(interrupted, 'request-leave'));
  const [idempotencyKey] = useState(() => resumed?.idempotencyKey ?? crypto.randomUUID());
  const [draft, setDraft] = useState(resumed?.draft ?? empty);
  const [errors, setErrors] = useState<FieldErrors>({});
  const form = useRef<HTMLFormElement>(null);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();

  const request = useMutation({
    ...requestLeaveMutation,
    onSuccess: async ({ startDate, endDate, days, status }) => {
      await queryClient.invalidateQueries(overviewQuery);
      const state = status === 'approved' ? 'approved' : 'requested';
      announce(`Leave ${state}: ${formatPeriod(startDate, endDate)}, ${formatDays(days)}.`, paths.overview);
      await navigate(paths.overview);
    },
    onError: (error) => setErrors(fieldErrorsOf(error)),
  });

  const taken = useRef(false);
  useEffect(() => {
    if (resumed === null || taken.current) return;
    taken.current = true;
    if (interrupted?.confirmed) request.mutate({ draft: resumed.draft, idempotencyKey });
    forgetInterrupted();
  }, [resumed, interrupted, forgetInterrupted, request, idempotencyKey]);

  useEffect(() => {
    if (Object.keys(errors).length > 0) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [errors]);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (request.isPending) return;
    const missing = checkDraft(draft);
    setErrors(missing);
    if (Object.keys(missing).length === 0) request.mutate({ draft, idempotencyKey });
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
  const action: InterruptedLeave = { kind: 'request-leave', draft, idempotencyKey };
  const explained = Object.keys(fieldErrorsOf(request.error)).length > 0;
  const failure = request.error && !explained ? describeFailure(request.error) : null;

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
      <p className={styles.approval}>{approval}</p>
      {failure && <FailureMessage failure={failure} action={action} />}
      <div className={styles.actions}>
        <Button
          type="submit"
          appearance={failure?.challenge ? 'secondary' : 'primary'}
          disabledFocusable={request.isPending}
        >
          {request.isPending ? 'Sending…' : 'Send request'}
        </Button>
        <LinkButton to={paths.overview}>Back to overview</LinkButton>
      </div>
    </form>
  );
}

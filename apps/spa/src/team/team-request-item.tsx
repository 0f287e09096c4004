import { Button, Field, Textarea } from '@fluentui/react-components';
import { useEffect, useId, useRef, useState } from 'react';
import type { z } from '../configuration/zod.ts';
import { formatDays, formatPeriod } from '../leave/plain-date.ts';
import { ApiProblem } from '../middle-tier/problem.ts';
import list from '../page/list.module.css';
import { describeFailure, type Failure } from '../problems/describe-failure.ts';
import { FailureMessage } from '../problems/failure-message.tsx';
import type { Decision, interruptedDecisionSchema, TeamRequest } from './team.ts';
import styles from './team-request-item.module.css';
import { useDecideLeave } from './team-requests.ts';

interface TeamRequestItemProps {
  request: TeamRequest;
  /** A decision on this request that a challenge interrupted; it is sent at once if the user confirmed. */
  resumed: { decision: Decision; confirmed: boolean } | null;
  onDecided: (request: TeamRequest, verdict: Decision['verdict']) => void;
  /** Called if there is nothing left to decide. */
  onGone: (failure: Failure) => void;
}

/** A leave request that waits for the user, with what they need to decide on it. */
export function TeamRequestItem({ request, resumed, onDecided, onGone }: TeamRequestItemProps) {
  const { id, startDate, endDate, days, requester } = request;
  const name = requester.name ?? 'Name not available';
  const period = formatPeriod(startDate, endDate);
  const headingId = useId();
  const [note, setNote] = useState(resumed?.decision.note ?? '');
  const [decision, setDecision] = useState(resumed?.decision ?? null);
  const { mutate, isPending, error } = useDecideLeave();

  function send(next: Decision) {
    setDecision(next);
    mutate(next, {
      onSuccess: () => onDecided(request, next.verdict),
      onError: (problem) => {
        if (problem instanceof ApiProblem && [404, 409].includes(problem.problem.status))
          onGone(describeFailure(problem));
      },
    });
  }

  function decide(verdict: Decision['verdict']) {
    if (isPending) return;
    const same = decision?.verdict === verdict && decision.note === note;
    const idempotencyKey = same ? decision.idempotencyKey : crypto.randomUUID();
    send({ requestId: id, verdict, note, idempotencyKey });
  }

  const sendOnce = useRef(send);
  const repeated = useRef(false);
  useEffect(() => {
    if (!resumed?.confirmed || repeated.current) return;
    repeated.current = true;
    sendOnce.current(resumed.decision);
  }, [resumed]);

  const failure = error && describeFailure(error);
  const action: z.output<typeof interruptedDecisionSchema> | undefined = decision
    ? { kind: 'decide-leave', decision: { ...decision, note } }
    : undefined;
  const sending = (verdict: Decision['verdict']) => isPending && decision?.verdict === verdict;

  return (
    <li aria-labelledby={headingId} className={list.item}>
      <div className={styles.who}>
        {requester.photo !== null && (
          <img src={requester.photo} alt="" width="40" height="40" className={styles.photo} />
        )}
        <div>
          <h3 id={headingId} className={list.name}>
            {name}
          </h3>
          <p>
            <strong>{period}</strong> · {formatDays(days)}
          </p>
          {request.note && <p className={styles.note}>{request.note}</p>}
        </div>
      </div>
      <Field label={`Note to ${requester.name ?? 'the requester'}`} hint="Optional.">
        <Textarea
          maxLength={500}
          resize="vertical"
          value={note}
          readOnly={isPending}
          onChange={(_event, { value }) => setNote(value)}
        />
      </Field>
      {failure && <FailureMessage failure={failure} action={action} />}
      <div className={styles.actions}>
        <Button
          appearance={failure?.challenge ? 'secondary' : 'primary'}
          disabledFocusable={isPending}
          onClick={() => decide('approval')}
          aria-label={`Approve leave of ${name}, ${period}`}
        >
          {sending('approval') ? 'Approving…' : 'Approve'}
        </Button>
        <Button
          disabledFocusable={isPending}
          onClick={() => decide('rejection')}
          aria-label={`Reject leave of ${name}, ${period}`}
        >
          {sending('rejection') ? 'Rejecting…' : 'Reject'}
        </Button>
      </div>
    </li>
  );
}

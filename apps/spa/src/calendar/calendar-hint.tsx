import { LinkButton } from '../page/link-button.tsx';
import { Message } from '../page/message.tsx';
import { paths } from '../page/paths.ts';
import { useLongRunningSessions } from './long-running-sessions.ts';

/** Tells the user on the overview if the app cannot go on without them. What else may be wrong, its own page says. */
export default function CalendarHint() {
  const { data: sessions = [] } = useLongRunningSessions();
  if (!sessions.some(({ state }) => state === 'action_required')) return null;
  return (
    <Message
      intent="warning"
      title="Your calendar waits for you"
      detail="The app could not go on without you while you were away."
    >
      <LinkButton to={paths.whileYouAreAway}>See what to do</LinkButton>
    </Message>
  );
}

import { onBehalfOfProblems } from '@obo/on-behalf-of';
import { databaseProblems } from '@obo/service-defaults/problems';
import { sessionProblems } from '../long-running/session-routes.ts';
import {
  longRunningSessionListSchema,
  longRunningSessionSchema,
  sessionIdSchema,
} from '../long-running/session-schemas.ts';
import { calendarProblems } from './calendar.ts';

const scopes = ['access_as_user'];
const { database_unavailable } = databaseProblems;

/** What a change to leave can end with besides, because the calendar follows it. */
export const followProblems = [database_unavailable];

/** What a request for leave can end with besides, because it may be for the calendar too. */
export const addProblems = [...Object.values(calendarProblems), database_unavailable];

export const calendarSchemas = {
  LongRunningSession: longRunningSessionSchema,
  LongRunningSessionList: longRunningSessionListSchema,
};

/** Describes the routes for what happens while users are away. */
export const calendarPaths = {
  '/api/long-running-sessions': {
    get: {
      operationId: 'listLongRunningSessions',
      summary: 'Lists what runs for the user while they are away; only with PUBLIC_URL',
      scopes,
      success: { status: 200, description: 'The sessions', body: 'LongRunningSessionList' },
      problems: [database_unavailable],
    },
  },
  '/api/long-running-sessions/{id}': {
    delete: {
      operationId: 'endLongRunningSession',
      summary: 'Ends a session, and removes all that waits for it; only with PUBLIC_URL',
      scopes,
      parameters: { path: { id: sessionIdSchema } },
      success: { status: 204, description: 'It has ended' },
      problems: [sessionProblems.long_running_session_not_found, database_unavailable],
    },
  },
  '/api/long-running-sessions/{id}/renewal': {
    post: {
      operationId: 'renewLongRunningSession',
      summary: 'Begins a session again, and continues what waits for it; only with PUBLIC_URL',
      scopes,
      parameters: { path: { id: sessionIdSchema } },
      success: { status: 200, description: 'The session', body: 'LongRunningSession' },
      problems: [
        sessionProblems.long_running_session_not_found,
        calendarProblems.calendar_consent_required,
        database_unavailable,
        ...Object.values(onBehalfOfProblems),
      ],
    },
  },
} as const;

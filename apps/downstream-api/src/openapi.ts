import type { Authority } from '@obo/access-token';
import { z } from 'zod';
import {
  leaveBalanceSchema,
  leaveRequestListSchema,
  leaveRequestSchema,
  newLeaveRequestSchema,
} from './leave/leave-schemas.ts';

const uuid = { type: 'string', format: 'uuid' };
const mayRead = [{ entra: ['Leave.Read'] }, { entra: ['Leave.ReadWrite'] }];
const mayWrite = [{ entra: ['Leave.ReadWrite'] }];

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string) => ({ content: { 'application/json': { schema: reference(name) } } });
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: reference('Problem') } },
});

/** Answers that every protected operation can give. */
const common = {
  401: problem('No access token, or one that is not valid for this API'),
  403: problem('The token lacks the scope, or its application may not call'),
  429: problem('Too many requests; see Retry-After'),
  503: problem('The database or the identity provider does not answer; see Retry-After'),
};

/**
 * The API's description (OpenAPI 3.1), made from the schemas it reads and answers by.
 *
 * @param authority Whose tokens are accepted.
 */
export const createOpenapi = (authority: Authority) => ({
  openapi: '3.1.0',
  info: {
    title: 'Downstream API',
    version: '1.0.0',
    description: 'Keeps the leave of people. Whose leave it is comes from the access token only.',
  },
  paths: {
    '/api/leave-balance': {
      get: {
        operationId: 'readLeaveBalance',
        summary: 'What is left of the entitlement of a year',
        security: mayRead,
        parameters: [
          {
            name: 'year',
            in: 'query',
            description: 'The current one in UTC if omitted',
            schema: { type: 'string', pattern: '^\\d{4}$' },
          },
        ],
        responses: {
          200: { description: 'The balance', ...json('LeaveBalance') },
          400: problem('The year has not four digits'),
          ...common,
        },
      },
    },
    '/api/leave-requests': {
      get: {
        operationId: 'listLeaveRequests',
        summary: 'All leave that is not cancelled, by its first day',
        security: mayRead,
        responses: { 200: { description: 'The requests', ...json('LeaveRequestList') }, ...common },
      },
      post: {
        operationId: 'requestLeave',
        summary: 'Request leave',
        security: mayWrite,
        parameters: [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            description: 'New for each request; the same to repeat one, which never makes a second',
            schema: uuid,
          },
        ],
        requestBody: { required: true, ...json('NewLeaveRequest') },
        responses: {
          201: { description: 'The request, made now or when it was first sent', ...json('LeaveRequest') },
          400: problem('The body or the Idempotency-Key is malformed'),
          409: problem('leave_overlaps'),
          413: problem('The body has more than 100 kB'),
          415: problem('The body is not JSON'),
          422: problem(
            'leave_in_past, leave_spans_years, leave_without_working_days, leave_overdrawn or idempotency_key_reused',
          ),
          ...common,
        },
      },
    },
    '/api/leave-requests/{id}': {
      delete: {
        operationId: 'cancelLeaveRequest',
        summary: 'Cancel leave that has not started; again has no further effect',
        security: mayWrite,
        parameters: [{ name: 'id', in: 'path', required: true, schema: uuid }],
        responses: {
          204: { description: 'It is cancelled' },
          400: problem('The id is not a UUID'),
          404: problem('leave_request_not_found'),
          409: problem('leave_already_started'),
          ...common,
        },
      },
    },
    '/livez': {
      get: {
        operationId: 'isAlive',
        summary: 'Whether the process answers',
        security: [],
        responses: { 200: { description: 'It does' } },
      },
    },
    '/readyz': {
      get: {
        operationId: 'isReady',
        summary: 'Whether it can do its work',
        security: [],
        responses: {
          200: { description: 'It can' },
          503: { description: 'It cannot, or it is stopping' },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      entra: {
        type: 'openIdConnect',
        description:
          'Microsoft Entra ID. Ask for the scopes with the Application ID URI in front: api://<client ID>/Leave.Read',
        openIdConnectUrl: `${authority.url}/v2.0/.well-known/openid-configuration`,
      },
    },
    schemas: {
      LeaveBalance: schemaOf(leaveBalanceSchema),
      LeaveRequest: schemaOf(leaveRequestSchema),
      LeaveRequestList: schemaOf(leaveRequestListSchema),
      NewLeaveRequest: schemaOf(newLeaveRequestSchema),
      Problem: schemaOf(problemSchema),
    },
  },
});

const problemSchema = z.looseObject({
  type: z.string().meta({ description: 'The page that explains the code' }),
  title: z.string(),
  status: z.int(),
  code: z.string().meta({ description: 'Stable; branch on it' }),
  detail: z.string().meta({ description: 'What this caller can do about it' }),
  correlationId: z.guid(),
});

/** A schema of JSON Schema 2020-12, as it stands inside an OpenAPI document. */
function schemaOf(schema: z.ZodType) {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

import { z } from 'zod';
import { leaveRequestSchema, newLeaveRequestSchema } from './leave/leave.ts';
import { overviewSchema } from './overview/overview-routes.ts';

const json = (schema: z.ZodType) => ({
  content: { 'application/json': { schema: z.toJSONSchema(schema, { unrepresentable: 'any' }) } },
});
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const security = [{ entra: ['access_as_user'] }];
const refusals = {
  401: problem('No token, a token that is not valid, or a claims challenge'),
  403: problem('A permission or consent is missing'),
  429: problem('Too many requests; see Retry-After'),
  502: problem('What this API depends on refused, or answered what it should not'),
  503: problem('Something this API depends on does not answer'),
};

/** The API's description (OpenAPI 3.1), made from the schemas it answers by. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Middle-tier API',
    version: '1.0.0',
    description: 'Calls Microsoft Graph and the leave API on behalf of the signed-in person.',
  },
  paths: {
    '/api/overview': {
      get: {
        summary: 'Who is signed in, and their leave',
        security,
        responses: {
          200: { description: 'At least one section is whole', ...json(overviewSchema) },
          ...refusals,
        },
      },
    },
    '/api/leave-requests': {
      post: {
        summary: 'Request leave',
        security,
        parameters: [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            schema: { type: 'string', format: 'uuid' },
          },
        ],
        requestBody: { required: true, ...json(newLeaveRequestSchema) },
        responses: {
          201: { description: 'The request that was made', ...json(leaveRequestSchema) },
          400: problem('The request is malformed'),
          409: problem('There is leave on these days already'),
          422: problem('A rule of leave forbids it'),
          ...refusals,
        },
      },
    },
    '/api/leave-requests/{id}': {
      delete: {
        summary: 'Cancel leave',
        security,
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }],
        responses: {
          204: { description: 'It is cancelled' },
          404: problem('There is no such request of this person'),
          409: problem('It has started'),
          ...refusals,
        },
      },
    },
    '/livez': {
      get: { summary: 'Whether the process answers', responses: { 200: { description: 'It does' } } },
    },
    '/readyz': {
      get: {
        summary: 'Whether it can do its work',
        responses: { 200: { description: 'It can' }, 503: { description: 'It cannot, or is stopping' } },
      },
    },
  },
  components: {
    securitySchemes: {
      entra: { type: 'oauth2', description: 'Microsoft Entra ID', flows: {} },
    },
    schemas: {
      Problem: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'detail', 'correlationId'],
        properties: {
          type: { type: 'string', description: 'The page that explains the code' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string', description: 'Stable; branch on it' },
          detail: { type: 'string' },
          correlationId: { type: 'string', format: 'uuid' },
          dependency: {
            enum: ['graph', 'downstream', 'identity_provider', 'managed_identity'],
            description: 'Which service failed',
          },
          reason: {
            enum: ['unreachable', 'timed_out', 'failing', 'throttled', 'circuit_open'],
            description: 'Why it is unavailable',
          },
          retryAfter: { type: 'integer', description: 'Seconds after which to try again' },
        },
      },
    },
  },
};

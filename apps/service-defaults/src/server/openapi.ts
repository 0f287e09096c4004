import { z } from 'zod';
import { type ProblemDefinition, problemSchema, problems } from '../problems/problem.ts';

/** What one method of one path does. */
export interface Operation<SchemaName extends string> {
  operationId: string;
  summary: string;
  /** Scopes of which a token needs one. */
  scopes: readonly string[];
  /** Schemas of the parameters by name, in each place where they are sent. */
  parameters?: Partial<Record<'path' | 'query' | 'header', Readonly<Record<string, z.ZodType>>>>;
  body?: SchemaName;
  success: { status: number; description: string; body?: SchemaName };
  /** Problems of this operation, besides those of every route. */
  problems?: readonly ProblemDefinition[];
}

export interface ApiDescription<SchemaName extends string> {
  title: string;
  description: string;
  /** URL of the identity provider's OpenID configuration. */
  openIdConnectUrl: string;
  /** Schemas of the bodies, by name. */
  schemas: Readonly<Record<SchemaName, z.ZodType>>;
  /** Operations by path, such as `/api/notes/{id}`, and method. */
  paths: Readonly<Record<string, Partial<Record<'get' | 'post' | 'delete', Operation<SchemaName>>>>>;
}

/**
 * Describes an API in OpenAPI 3.1, from the schemas with which it reads requests and writes responses. Adds the health
 * endpoints, the problem object, and the problems that every route can answer with.
 */
export function createOpenapi<SchemaName extends string>(api: ApiDescription<SchemaName>) {
  const { title, description, openIdConnectUrl, schemas } = api;
  const paths = Object.entries(api.paths).map(([path, operations]) => {
    const described = Object.entries(operations).map(
      ([method, operation]) => [method, describe(operation)] as const,
    );
    return [path, Object.fromEntries(described)] as const;
  });
  return {
    openapi: '3.1.0',
    info: { title, version: '1.0.0', description },
    paths: { ...Object.fromEntries(paths), ...healthPaths },
    components: {
      securitySchemes: { entra: { type: 'openIdConnect', openIdConnectUrl } },
      schemas: describeSchemas({ ...schemas, Problem: problemSchema }),
    },
  };
}

const healthPaths = {
  '/livez': {
    get: {
      operationId: 'isAlive',
      summary: 'Reports whether the process runs',
      security: [],
      responses: { 200: { description: 'It runs' } },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      summary: 'Reports whether the API can do its work',
      security: [],
      responses: { 200: { description: 'It can' }, 503: { description: 'It cannot, or is stopping' } },
    },
  },
};

const routeProblems = [
  problems.missing_token,
  problems.invalid_token,
  problems.insufficient_scope,
  problems.client_not_allowed,
  problems.tenant_not_allowed,
  problems.too_many_requests,
  problems.internal_error,
  problems.identity_provider_unavailable,
];
const bodyProblems = [
  problems.malformed_json,
  problems.invalid_body,
  problems.body_too_large,
  problems.unsupported_media_type,
];

function describe({ operationId, summary, scopes, body, success, ...operation }: Operation<string>) {
  const parameters = Object.entries(operation.parameters ?? {}).flatMap(([place, schemas]) =>
    Object.entries(schemas).map(([name, schema]) => ({
      name,
      in: place,
      required: !schema.safeParse(undefined).success,
      schema: z.toJSONSchema(schema, { io: 'input' }),
    })),
  );
  return {
    operationId,
    summary,
    security: scopes.map((scope) => ({ entra: [scope] })),
    parameters,
    ...(body && { requestBody: { required: true, ...json(body) } }),
    responses: {
      [success.status]: { description: success.description, ...(success.body && json(success.body)) },
      ...describeProblems([
        ...(operation.problems ?? []),
        ...(parameters.length > 0 ? [problems.invalid_parameter] : []),
        ...(body ? bodyProblems : []),
        ...routeProblems,
      ]),
    },
  };
}

const referenceTo = (schemaName: string) => `#/components/schemas/${schemaName}`;
const json = (schemaName: string) => ({
  content: { 'application/json': { schema: { $ref: referenceTo(schemaName) } } },
});

/** Describes one response for each status, with the codes it can have. */
function describeProblems(definitions: readonly ProblemDefinition[]) {
  const byStatus = Object.entries(Object.groupBy(definitions, ({ status }) => status));
  return Object.fromEntries(
    byStatus.map(([status, ofStatus = []]) => {
      const codes = { properties: { code: { enum: ofStatus.map(({ code }) => code) } } };
      const schema = { allOf: [{ $ref: referenceTo('Problem') }, codes] };
      const description = ofStatus.map(({ code, title }) => `${code}: ${title}`).join('\n\n');
      return [status, { description, content: { 'application/problem+json': { schema } } }];
    }),
  );
}

function describeSchemas(schemas: Readonly<Record<string, z.ZodType>>) {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const described = z.toJSONSchema(registry, { io: 'input', uri: referenceTo });
  return Object.fromEntries(
    Object.entries(described.schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [
      name,
      schema,
    ]),
  );
}

import { createMcpHandler } from '@modelcontextprotocol/server';
import { type AccessTokenGuard, accessTokenOf } from '@obo/access-token';
import { type OnBehalfOf, onBehalfOfProblems, type Resource } from '@obo/on-behalf-of';
import { describeError, requestContext } from '@obo/service-defaults/observability';
import { bearerChallenge, Problem, problems } from '@obo/service-defaults/problems';
import { jsonBody, route } from '@obo/service-defaults/server';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Calendar } from '../calendar/calendar.ts';
import type { Configuration } from '../configuration.ts';
import { createPeopleReader } from '../graph/people.ts';
import { createGraphClient } from '../graph/profile.ts';
import { createDownstreamClient } from '../leave/leave.ts';
import { createSignInLinks, type RequiredVisit } from './sign-in-link.ts';
import { createTools } from './tools.ts';

export interface McpDependencies {
  guard: AccessTokenGuard;
  onBehalfOf: OnBehalfOf;
  graph: Resource;
  downstream: Resource;
  calendar: Calendar;
}

/**
 * Creates the MCP server: Streamable HTTP without sessions, behind the same guard as the routes below `/api`. A caller
 * without a valid token learns from the metadata where to get one. Without `MCP_URL`, nothing.
 *
 * Source: MCP specification, "Transports" and "Authorization"; RFC 9728, sections 3 and 5.1.
 */
export function createMcpRoutes(
  configuration: Configuration,
  { guard, onBehalfOf, calendar, ...resources }: McpDependencies,
): Router {
  const routes = Router();
  const { mcp, authority, allowedOrigins } = configuration;
  if (!mcp) return routes;
  const { origin, pathname } = new URL(mcp.url);
  const metadataPath = `/.well-known/oauth-protected-resource${pathname}`;
  // Like the other clients, so that one consent covers the resources behind this API too.
  const scope = `${mcp.url}/.default`;
  const links = createSignInLinks({ ...configuration, mcp, onBehalfOf });
  const graph = noteScopes(resources.graph);
  const downstream = noteScopes(resources.downstream);
  const sources = {
    graph: createGraphClient(graph, configuration.graph.scopes),
    downstream: createDownstreamClient(downstream, configuration.downstream.scopes),
    readPeople: createPeopleReader(graph, configuration.graph.scopes),
    calendar,
  };

  route(routes, metadataPath, {
    get: (_request, response) => {
      response.json({
        resource: mcp.url,
        resource_name: 'Leave',
        authorization_servers: [authority.metadata?.issuer ?? `${authority.url}/v2.0`],
        scopes_supported: [scope],
        bearer_methods_supported: ['header'],
      });
    },
  });

  const requireScope = guard.requireScope('access_as_user');
  const authenticate: RequestHandler = async (request, response, next) => {
    try {
      await requireScope(request, response, next);
    } catch (error) {
      throw withMetadata(error);
    }
  };

  /** Says where the metadata is, for clients that do not know how to get a token. */
  function withMetadata(error: unknown): unknown {
    const challenge = error instanceof Problem ? error.headers['WWW-Authenticate'] : undefined;
    if (!(error instanceof Problem) || challenge === undefined) return error;
    const added = bearerChallenge({ resource_metadata: `${origin}${metadataPath}`, scope });
    const joined = challenge === 'Bearer' ? added : `${challenge}, ${added.slice('Bearer '.length)}`;
    const { message: detail, extensions, cause } = error;
    return new Problem(error, { detail, extensions, cause, headers: { 'WWW-Authenticate': joined } });
  }

  /** A browser may only call from a page that may call this API (MCP specification, "Security Warning"). */
  const requireOrigin: RequestHandler = (request, _response, next) => {
    const from = request.get('origin');
    if (from !== undefined && from !== origin && !allowedOrigins.includes(from))
      throw new Problem(problems.client_not_allowed, {
        detail: 'Pages of this origin may not call this API.',
      });
    next();
  };

  route(routes, pathname, {
    post: [
      requireOrigin,
      authenticate,
      jsonBody,
      async (request, response) => {
        // A batch would count as one call for the user's limit.
        if (Array.isArray(request.body))
          throw new Problem(problems.invalid_body, { detail: 'Send one message.' });
        const token = accessTokenOf(response);
        let rejected: Problem | undefined;
        const explain = (error: unknown): string => {
          requestContext().signal.throwIfAborted();
          const problem =
            error instanceof Problem ? error : new Problem(problems.internal_error, { cause: error });
          if (problem.code === problems.invalid_token.code) rejected = problem;
          requestContext().logger.warn(
            { error: describeError(problem), code: problem.code },
            'tool call failed',
          );
          const visit = requiredVisit(problem);
          return visit
            ? `${visit.claims ? 'You have to verify your identity' : 'Your consent is missing'}. Open this link in a browser, then try again: ${links.linkFor(token, visit)}`
            : `${problem.title}. ${problem.message} (${problem.code})`;
        };
        const handler = createMcpHandler(() => createTools(sources, token, explain), { maxSubscriptions: 0 });
        const answer = await handler.fetch(toWebRequest(mcp.url, request.headers, request.body));
        const body = Buffer.from(await answer.arrayBuffer());
        // In a tool's answer, the client would not notice that its user has to sign in again.
        if (rejected) throw withMetadata(rejected);
        response
          .status(answer.status)
          .type(answer.headers.get('content-type') ?? 'json')
          .send(body);
      },
    ],
  });
  routes.use(links.routes);
  return routes;
}

/** The scopes of the call that ended with a problem. */
const scopesOf = new WeakMap<Problem, readonly string[]>();

/** Notes the scopes of each call that fails. */
const noteScopes = (resource: Resource): Resource => ({
  ...resource,
  async call(token, scopes, call) {
    try {
      return await resource.call(token, scopes, call);
    } catch (error) {
      if (error instanceof Problem) scopesOf.set(error, scopes);
      throw error;
    }
  },
});

/** Returns what the user can do about a problem in a browser. */
function requiredVisit(problem: Problem): RequiredVisit | undefined {
  const scopes = scopesOf.get(problem);
  if (!scopes) return undefined;
  if (problem.code === onBehalfOfProblems.consent_required.code) return { scopes };
  if (problem.code !== onBehalfOfProblems.insufficient_claims.code) return undefined;
  return { scopes, claims: z.string().parse(problem.extensions.claims) };
}

/** Converts a request whose body was read already. */
const toWebRequest = (url: string, headers: NodeJS.Dict<string | string[]>, body: unknown): Request =>
  new Request(url, {
    method: 'POST',
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !['authorization', 'content-length'].includes(name) ? [[name, value]] : [],
    ),
    body: JSON.stringify(body),
  });
